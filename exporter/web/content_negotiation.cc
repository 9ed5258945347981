// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/content_negotiation.h"

#include <algorithm>

#include "exporter/http/accept_ranges.h"

namespace tcpgauge {
namespace {

bool NamesProtobuf(const AcceptRange& range) {
  return range.name == "application/vnd.google.protobuf" &&
         range.Parameter("proto") == "io.prometheus.client.MetricFamily" && range.Parameter("encoding") == "delimited";
}

bool NamesOpenMetrics(const AcceptRange& range) {
  const std::string_view version = range.Parameter("version");
  return range.name == "application/openmetrics-text" && (version.empty() || version == "1.0.0" || version == "0.0.1");
}

// How precisely `range` names the text format 0.0.4; 0 = it does not match.
int PrometheusTextPrecision(const AcceptRange& range) {
  const std::string_view version = range.Parameter("version");
  if (range.name == "text/plain") return version == "0.0.4" ? 4 : version.empty() ? 3 : 0;
  return range.name == "text/*" ? 2 : range.name == "*/*" ? 1 : 0;
}

}  // namespace

MetricsFormat NegotiateFormat(std::string_view accept) {
  int protobuf = 0, open_metrics = 0, text = 0, precision = 0;
  for (const AcceptRange& range : ParseAcceptRanges(accept)) {
    if (NamesProtobuf(range)) protobuf = std::max(protobuf, range.quality);
    if (NamesOpenMetrics(range)) open_metrics = std::max(open_metrics, range.quality);
    const int new_precision = PrometheusTextPrecision(range);
    if (new_precision > precision) {
      precision = new_precision;
      text = range.quality;
    }
  }
  if (protobuf > 0 && protobuf >= std::max(open_metrics, text)) return MetricsFormat::kProtobuf;
  return open_metrics > 0 && open_metrics >= text ? MetricsFormat::kOpenMetrics : MetricsFormat::kPrometheusText;
}

}  // namespace tcpgauge
