// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/process_stats.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

class ProcessStatsTest : public testing::Test {
 protected:
  ProcessStatsTest() { mkdir((root_ + "/self").c_str(), 0700); }

  void Write(const std::string& path, const std::string& text) { std::ofstream(root_ + path) << text; }

  const ScratchDirectory directory_;
  const std::string root_ = directory_.path();
};

TEST_F(ProcessStatsTest, ReadsTheFieldsAfterANameWithBracketsAndSpaces) {
  Write("/self/stat",
        "12 (a) b (c) S 1 2 3 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 5000 1000000 25 184467440737 1 1 0\n");
  Write("/stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");
  Write("/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max open files            1024                 524288               files     \n");
  mkdir((root_ + "/self/fd").c_str(), 0700);
  for (const char* name : {"/self/fd/0", "/self/fd/1", "/self/fd/2", "/self/fd/3"}) Write(name, "");

  const ProcessStats stats = ReadProcessStats(root_);
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  EXPECT_DOUBLE_EQ(stats.cpu_seconds.value(), 300 / ticks);
  EXPECT_EQ(stats.virtual_memory_bytes, 1000000u);
  EXPECT_EQ(stats.resident_memory_bytes, 25u * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  EXPECT_DOUBLE_EQ(stats.start_time_seconds.value(), 1700000000 + 5000 / ticks);
  EXPECT_EQ(stats.open_fds, 3u);  // the one that reads the directory is left out
  EXPECT_EQ(stats.max_fds, 1024u);
}

TEST_F(ProcessStatsTest, LeavesOutWhatCannotBeRead) {
  Write("/self/stat", "12 (cut off) S 1 2");
  Write("/self/limits", "Limit\nMax open files            unlimited            unlimited            files\n");
  const ProcessStats stats = ReadProcessStats(root_);
  EXPECT_FALSE(stats.cpu_seconds || stats.open_fds || stats.max_fds || stats.virtual_memory_bytes ||
               stats.resident_memory_bytes || stats.start_time_seconds);
}

TEST(ProcessStats, SeesThisProcess) {
  const ProcessStats before = ReadProcessStats();
  ASSERT_TRUE(before.open_fds && before.resident_memory_bytes && before.start_time_seconds && before.max_fds);
  EXPECT_GT(*before.resident_memory_bytes, 100000u);
  EXPECT_GT(*before.start_time_seconds, 1e9);
  const int fd = open("/dev/null", O_RDONLY);
  EXPECT_EQ(ReadProcessStats().open_fds, *before.open_fds + 1);
  close(fd);
}

}  // namespace
}  // namespace tcpgauge
