// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
#define TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// The formats of the metrics page.
enum class MetricsFormat : uint8_t {
  kPrometheusText,  // TextFormat::kPrometheus
  kOpenMetrics,     // TextFormat::kOpenMetrics
  kProtobuf,        // see WriteProtobuf()
};
constexpr size_t kMetricsFormats = 3;

// Chooses the format by `accept`, the value of an Accept header (RFC 9110 section 12.5.1); empty = no header.
//
// The quality of a format is that of one element of the header, or 0 if no element matches the format. Protobuf and
// OpenMetrics have the highest quality of the elements that name them. A wildcard names neither.
// - Protobuf is application/vnd.google.protobuf with proto=io.prometheus.client.MetricFamily and encoding=delimited.
//   Both parameters must be there with these values. Further parameters, such as the `escaping` of Prometheus 3, are
//   ignored.
// - OpenMetrics is application/openmetrics-text with the version 1.0.0, with 0.0.1, or without a version.
// - The Prometheus text format has the quality of the most precise element that matches it. From most to least precise,
//   these elements match: text/plain with version 0.0.4, text/plain without a version, text/*, and */*.
//
// Returns the format with the highest quality. Of equal qualities above 0, protobuf comes before OpenMetrics, and
// OpenMetrics before the Prometheus text format. Returns kPrometheusText if the header accepts none.
MetricsFormat NegotiateFormat(std::string_view accept);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONTENT_NEGOTIATION_H_
