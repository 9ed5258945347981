// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_
#define TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"

namespace tcpgauge {

// The one place where a metric's name, type, unit, labels and help are spelled: the text formats, OTLP and METRICS.md
// all come from it.

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram, kSummary };

// "counter", "gauge", "histogram", "summary".
std::string_view MetricTypeName(MetricType type);

// In the order in which an exposition holds them. A new metric gets a line here and one in the table of the .cc file.
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

// A label, and the attribute that says the same in OTLP: by OpenTelemetry's semantic conventions where they have one.
struct MetricLabel {
  std::string_view name;
  std::string_view attribute;
};

struct MetricInfo {
  Metric metric;
  std::string_view name;  // in Prometheus; a counter's ends in _total
  MetricType type;
  // What OpenMetrics calls the unit: the end of the name, before _total. Empty where things are counted.
  std::string_view unit;
  absl::Span<const MetricLabel> labels;
  std::string_view help;
  std::string_view otlp_name;
  std::string_view otlp_unit;  // UCUM; "{packet}" and the like are annotations of the unit 1

  // Whether each value is a whole number: things and bytes are counted, all else is measured.
  constexpr bool counts_whole() const { return unit.empty() || unit == "bytes"; }
};

const MetricInfo& InfoOf(Metric metric);

// The metric of this name in Prometheus, or null.
const MetricInfo* FindMetric(std::string_view name);

// All, in the order of the enum.
absl::Span<const MetricInfo> MetricCatalog();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_
