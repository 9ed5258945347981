// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/content_negotiation.h"

#include <algorithm>

#include "exporter/http/accept_ranges.h"

namespace tcpgauge {
namespace {

bool NamesOpenMetrics(const AcceptRange& range) {
  return range.name == "application/openmetrics-text" &&
         (range.version.empty() || range.version == "1.0.0" || range.version == "0.0.1");
}

// How precisely `range` names the text format 0.0.4; 0 = it does not match.
int PrometheusTextPrecision(const AcceptRange& range) {
  if (range.name == "text/plain") return range.version == "0.0.4" ? 4 : range.version.empty() ? 3 : 0;
  return range.name == "text/*" ? 2 : range.name == "*/*" ? 1 : 0;
}

}  // namespace

TextFormat NegotiateTextFormat(std::string_view accept) {
  int open_metrics = 0, prometheus = 0, precision = 0;
  for (const AcceptRange& range : ParseAcceptRanges(accept)) {
    if (NamesOpenMetrics(range)) open_metrics = std::max(open_metrics, range.quality);
    const int new_precision = PrometheusTextPrecision(range);
    if (new_precision > precision) {
      precision = new_precision;
      prometheus = range.quality;
    }
  }
  return open_metrics > 0 && open_metrics >= prometheus ? TextFormat::kOpenMetrics : TextFormat::kPrometheus;
}

}  // namespace tcpgauge
