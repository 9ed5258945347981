// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/process_metrics.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>

#include "exporter/metrics/metric_catalog.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::DoubleEq;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// Values by name.
std::map<std::string, double> Values(const ProcessMetrics& metrics) {
  std::map<std::string, double> values;
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    const bool is_counter = family.type == prometheus::MetricType::Counter;
    EXPECT_EQ(family.metric.size(), 1u);
    values[family.name] = is_counter ? family.metric[0].counter.value : family.metric[0].gauge.value;
  }
  return values;
}

class ProcessMetricsTest : public testing::Test {
 protected:
  ProcessMetricsTest() { mkdir((root_ + "/self").c_str(), 0700); }

  void Write(const std::string& path, const std::string& text) { std::ofstream(root_ + path) << text; }

  const ScratchDirectory directory_;
  const std::string root_ = directory_.path();
};

TEST_F(ProcessMetricsTest, ReadsTheFieldsAfterANameWithBracketsAndSpaces) {
  Write("/self/stat",
        "12 (a) b (c) S 1 2 3 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 5000 1000000 25 184467440737 1 1 0\n");
  Write("/stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");
  Write("/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max open files            1024                 524288               files     \n");
  mkdir((root_ + "/self/fd").c_str(), 0700);
  for (const char* name : {"/self/fd/0", "/self/fd/1", "/self/fd/2", "/self/fd/3"}) Write(name, "");

  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const double page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  EXPECT_THAT(Values(ProcessMetrics(root_)),
              UnorderedElementsAre(Pair("process_cpu_seconds_total", DoubleEq(300 / ticks)),
                                   Pair("process_virtual_memory_bytes", 1000000),
                                   Pair("process_resident_memory_bytes", 25 * page_bytes),
                                   Pair("process_start_time_seconds", DoubleEq(1700000000 + 5000 / ticks)),
                                   // The descriptor that reads the directory does not count.
                                   Pair("process_open_fds", 3), Pair("process_max_fds", 1024)));
}

TEST_F(ProcessMetricsTest, LeavesOutWhatCannotBeRead) {
  Write("/self/stat", "12 (cut off) S 1 2");
  Write("/self/limits", "Limit\nMax open files            unlimited            unlimited            files\n");
  EXPECT_THAT(Values(ProcessMetrics(root_)), IsEmpty());
}

TEST(ProcessMetrics, SeesThisProcess) {
  const ProcessMetrics metrics;
  std::map<std::string, double> before = Values(metrics);
  EXPECT_EQ(before.size(), 6u);
  EXPECT_GT(before["process_resident_memory_bytes"], 100000);
  EXPECT_GT(before["process_start_time_seconds"], 1e9);
  const int fd = open("/dev/null", O_RDONLY);
  EXPECT_EQ(Values(metrics)["process_open_fds"], before["process_open_fds"] + 1);
  close(fd);
}

TEST(ProcessMetrics, NamesAndTypesAreTheCatalogs) {
  for (const prometheus::MetricFamily& family : ProcessMetrics().Collect()) {
    const MetricInfo* const info = FindMetric(family.name);
    ASSERT_NE(info, nullptr) << family.name;
    EXPECT_EQ(family.help, info->help);
    EXPECT_EQ(family.type == prometheus::MetricType::Counter, info->type == MetricType::kCounter) << family.name;
  }
}

}  // namespace
}  // namespace tcpgauge
