// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/process_metrics.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string_view> Words(std::string_view text) {
  constexpr std::string_view kSpace = " \n";
  std::vector<std::string_view> words;
  size_t begin = text.find_first_not_of(kSpace);
  while (begin != std::string_view::npos) {
    const size_t end = std::min(text.find_first_of(kSpace, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kSpace, end);
  }
  return words;
}

// The words after the name of the process. The name is in brackets and may itself hold brackets and spaces.
std::vector<std::string_view> StatFields(std::string_view stat) {
  const size_t end_of_name = stat.rfind(')');
  if (end_of_name == std::string_view::npos) return {};
  return Words(stat.substr(end_of_name + 1));
}

std::optional<uint64_t> Number(std::string_view word) {
  uint64_t value;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// The number after `key`. Finds `key` at the beginning of any line but the first.
std::optional<uint64_t> NumberAfter(std::string_view text, const std::string& key) {
  const size_t found = text.find("\n" + key);
  if (found == std::string_view::npos) return std::nullopt;
  const std::vector<std::string_view> words = Words(text.substr(found + 1 + key.size()));
  return words.empty() ? std::nullopt : Number(words[0]);
}

std::optional<uint64_t> CountEntries(const std::string& path, uint64_t to_leave_out) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return std::nullopt;
  uint64_t count = 0;
  while (const dirent* entry = readdir(directory)) count += entry->d_name[0] != '.' ? 1 : 0;
  closedir(directory);
  return count > to_leave_out ? count - to_leave_out : 0;
}

void Add(Metric metric, double value, std::vector<prometheus::MetricFamily>* families) {
  const MetricInfo& info = InfoOf(metric);
  prometheus::MetricFamily& family = families->emplace_back();
  family.name = std::string(info.name);
  family.help = std::string(info.help);
  prometheus::ClientMetric& sample = family.metric.emplace_back();
  if (info.type == MetricType::kCounter) {
    family.type = prometheus::MetricType::Counter;
    sample.counter.value = value;
  } else {
    family.type = prometheus::MetricType::Gauge;
    sample.gauge.value = value;
  }
}

void AddIfKnown(Metric metric, std::optional<uint64_t> value, std::vector<prometheus::MetricFamily>* families) {
  if (value.has_value()) Add(metric, static_cast<double>(*value), families);
}

void AddFromStat(const std::string& proc, std::vector<prometheus::MetricFamily>* families) {
  // proc(5) numbers the fields from 1; the first two are the id and the name.
  constexpr size_t kUserTime = 14 - 3, kSystemTime = 15 - 3, kStartTime = 22 - 3, kVirtualBytes = 23 - 3,
                   kResidentPages = 24 - 3;
  const double ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const double page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));

  const std::string stat = ReadFile(proc + "/self/stat");
  const std::vector<std::string_view> fields = StatFields(stat);
  if (fields.size() <= kResidentPages) return;
  const auto user = Number(fields[kUserTime]), system = Number(fields[kSystemTime]);
  if (user && system) Add(Metric::kProcessCpu, static_cast<double>(*user + *system) / ticks_per_second, families);
  AddIfKnown(Metric::kProcessVirtualMemory, Number(fields[kVirtualBytes]), families);
  if (const auto pages = Number(fields[kResidentPages])) {
    Add(Metric::kProcessResidentMemory, static_cast<double>(*pages) * page_bytes, families);
  }
  const auto started = Number(fields[kStartTime]);
  const auto booted = NumberAfter(ReadFile(proc + "/stat"), "btime ");
  if (started && booted) {
    Add(Metric::kProcessStartTime, static_cast<double>(*booted) + static_cast<double>(*started) / ticks_per_second,
        families);
  }
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  std::vector<prometheus::MetricFamily> families;
  AddFromStat(proc_, &families);
  constexpr uint64_t kOwnDescriptor = 1;  // the one that reads the directory
  AddIfKnown(Metric::kProcessOpenFds, CountEntries(proc_ + "/self/fd", kOwnDescriptor), &families);
  AddIfKnown(Metric::kProcessMaxFds, NumberAfter(ReadFile(proc_ + "/self/limits"), "Max open files"), &families);
  return families;
}

}  // namespace tcpgauge
