#include "exporter/metrics_markdown.h"

#include <string_view>

#include "exporter/metric_catalog.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kHead =
    "# Metrics\n"
    "\n"
    "Made from `exporter/metric_catalog.cc` by `bazel run //exporter:write_metrics_md`; a test fails while it is "
    "stale.\n"
    "\n"
    "\"client\" and \"server\" in a name say who sent what is counted. Every value is of one snapshot, so what "
    "`/metrics`,\n"
    "the JSON API, the top view and OTLP say agrees.\n"
    "\n"
    "| metric | type | labels | what | OTLP name | OTLP unit |\n"
    "|---|---|---|---|---|---|\n";

std::string Code(std::string_view text) { return text.empty() ? "" : "`" + std::string(text) + "`"; }

std::string Join(absl::Span<const std::string_view> words) {
  std::string joined;
  for (std::string_view word : words) joined.append(joined.empty() ? "" : ", ").append(word);
  return joined;
}

}  // namespace

std::string MetricsMarkdown() {
  std::string page(kHead);
  for (const MetricInfo& info : MetricCatalog()) {
    const std::string cells[] = {Code(info.name),         std::string(MetricTypeName(info.type)),
                                 Code(Join(info.labels)), std::string(info.help),
                                 Code(info.otlp_name),    Code(info.otlp_unit)};
    for (const std::string& cell : cells) page.append("| ").append(cell).append(cell.empty() ? "" : " ");
    page.append("|\n");
  }
  return page;
}

}  // namespace tcpgauge
