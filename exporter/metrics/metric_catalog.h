// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_
#define TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"

namespace tcpgauge {

// The catalog: the only place that spells a metric's name, type, unit, labels and help. The text formats, OTLP and
// METRICS.md are made from it. Everything here is constant; any thread may read it.

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram, kSummary };

// "counter", "gauge", "histogram", "summary".
std::string_view MetricTypeName(MetricType type);

// In the order of an exposition. A new metric needs a line here and a row in the table of the .cc file.
enum class Metric : uint8_t {
  kBuildInfo,
  kCaptureUp,
  kCapturePackets,
  kCaptureWireBytes,
  kCaptureDroppedPackets,
  kCaptureDuplicatePackets,
  kDecodeErrors,
  kOverflows,
  kClientPayloadBytes,
  kServerPayloadBytes,
  kConnections,
  kConnectionsOpened,
  kConnectionsClosed,
  kClientRetransmittedSegments,
  kServerRetransmittedSegments,
  kOutOfOrderSegments,
  kZeroWindows,
  kHandshakeRtt,
  kConnectionDuration,
  kConnectionPayloadBytes,
  kSeriesLimit,
  kSeries,
  kEdgesFolded,
  kEdgesRetired,
  kEdgesRetiredClientPayloadBytes,
  kEdgesRetiredServerPayloadBytes,
  kConnectionsNotExported,
  kScrapeDuration,
  kRateWindow,
  kHttpRequests,
  kHttpRequestDuration,
  kConnectionLogLines,
  kConnectionLogLost,
  kOtlpPushes,
  kOtlpPushFailures,
  kOtlpDataPointsSent,
  kOtlpDataPointsRejected,
  kOtlpDataPointsDropped,
  kOtlpQueueRequests,
  kOtlpQueueBytes,
  kEdgeClientPayloadBytes,
  kEdgeServerPayloadBytes,
  kEdgeConnectionsOpened,
  kEdgeConnectionsFailed,
  kEdgeRetransmittedSegments,
  kEdgeConnections,
  kEdgeHandshakeRtt,
  kConnectionClientBytesPerSecond,
  kConnectionServerBytesPerSecond,
  kConnectionState,
  kConnectionRtt,
  kConnectionIdle,
  kConnectionClientPayloadBytes,
  kConnectionServerPayloadBytes,
  kConnectionClientRetransmittedSegments,
  kConnectionServerRetransmittedSegments,
  kProcessCpu,
  kProcessOpenFds,
  kProcessMaxFds,
  kProcessVirtualMemory,
  kProcessResidentMemory,
  kProcessStartTime,
  kCount,
};
constexpr size_t kMetricCount = static_cast<size_t>(Metric::kCount);

// A label of Prometheus, and the attribute of OTLP with the same meaning. Attributes follow OpenTelemetry's semantic
// conventions where these name one.
struct MetricLabel {
  std::string_view name;
  std::string_view attribute;
};

struct MetricInfo {
  Metric metric;
  std::string_view name;  // in Prometheus; the name of a counter ends in _total
  MetricType type;
  // The unit as OpenMetrics defines it: the end of the name, before _total. Empty if the metric counts things.
  std::string_view unit;
  absl::Span<const MetricLabel> labels;
  std::string_view help;  // a sentence without \, " or line break, because these would need escapes
  std::string_view otlp_name;
  std::string_view otlp_unit;  // UCUM; "{packet}" and the like are annotations of the unit 1

  // Whether each value is a whole number. Things and bytes are counted; all other units are measured.
  constexpr bool counts_whole() const { return unit.empty() || unit == "bytes"; }
};

const MetricInfo& InfoOf(Metric metric);

// The metric with this Prometheus name, or null.
const MetricInfo* FindMetric(std::string_view name);

// All metrics, in the order of the enum.
absl::Span<const MetricInfo> MetricCatalog();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_
