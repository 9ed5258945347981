// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metrics_markdown.h"

#include <string_view>

#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kHead =
    "# Metrics\n"
    "\n"
    "Made from `exporter/metrics/metric_catalog.cc` by `bazel run //exporter/metrics:write_metrics_md`; a test fails "
    "while it is "
    "stale.\n"
    "\n"
    "\"client\" or \"server\" in a name says which end sent what is counted. All values come from one snapshot, so "
    "`/metrics`,\n"
    "the JSON API, the top view and OTLP agree. In OTLP a counter is a monotonic sum, and a summary is a histogram "
    "without\n"
    "buckets. Points of edges and connections also carry `network.transport` and `network.type`; the edge `other` "
    "carries\n"
    "only `otel.metric.overflow`. The metrics `tcpgauge_otlp_...` exist while metrics are pushed.\n"
    "\n"
    "| metric | type | labels | what | OTLP name | OTLP unit | OTLP attributes |\n"
    "|---|---|---|---|---|---|---|\n";

std::string Code(std::string_view text) { return text.empty() ? "" : "`" + std::string(text) + "`"; }

std::string Join(absl::Span<const MetricLabel> labels, std::string_view MetricLabel::*word) {
  std::string joined;
  for (const MetricLabel& label : labels) joined.append(joined.empty() ? "" : ", ").append(label.*word);
  return joined;
}

}  // namespace

std::string MetricsMarkdown() {
  std::string page(kHead);
  for (const MetricInfo& info : MetricCatalog()) {
    const std::string cells[] = {Code(info.name),
                                 std::string(MetricTypeName(info.type)),
                                 Code(Join(info.labels, &MetricLabel::name)),
                                 std::string(info.help),
                                 Code(info.otlp_name),
                                 Code(info.otlp_unit),
                                 Code(Join(info.labels, &MetricLabel::attribute))};
    for (const std::string& cell : cells) page.append("| ").append(cell).append(cell.empty() ? "" : " ");
    page.append("|\n");
  }
  return page;
}

}  // namespace tcpgauge
