// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_
#define TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"

namespace tcpgauge {

// The catalog of all metrics. It is the only place in the code that defines a metric's name, type, unit, labels and
// help. The text formats, OTLP and METRICS.md take them from here. Everything here is constant, so any thread may read
// it.

enum class MetricType : uint8_t {
  kCounter,
  kGauge,
  kHistogram,
  kSummary,
  // Of the formats of Prometheus, only protobuf has native histograms. The text formats lack their families. OTLP lacks
  // them too, because it sends the same values with the buckets of the summaries.
  kNativeHistogram,
};

// Returns "counter", "gauge", "histogram", "summary" or "native histogram".
std::string_view MetricTypeName(MetricType type);

// All metrics, in the order in which an exposition shows them. To add one, add a line here and a row to the table in
// metric_catalog.cc.
enum class Metric : uint8_t {
  kBuildInfo,
  kCaptureUp,
  kCapturePackets,
  kCaptureWireBytes,
  kCaptureDroppedPackets,
  kCaptureDuplicatePackets,
  kCaptureRetiredPackets,
  kCaptureRetiredWireBytes,
  kCaptureRetiredDroppedPackets,
  kCaptureRetiredDuplicatePackets,
  kDecodeErrors,
  kOverflows,
  kClientPayloadBytes,
  kServerPayloadBytes,
  kConnections,
  kConnectionsOpened,
  kConnectionsClosed,
  kSegments,
  kClientRetransmittedSegments,
  kServerRetransmittedSegments,
  kOutOfOrderSegments,
  kSynRetransmissions,
  kZeroWindows,
  kKeepAlives,
  kWindowProbes,
  kResetsIgnored,
  kLateSegments,
  kHandshakeRtt,
  kResponse,
  kConnectionDuration,
  kConnectionPayloadBytes,
  kSeriesLimit,
  kSeries,
  kSeriesNew,
  kEdgesFolded,
  kEdgesRetired,
  kEdgesRetiredClientPayloadBytes,
  kEdgesRetiredServerPayloadBytes,
  kEdgesRenamed,
  kEdgeAttemptsPending,
  kConnectionsNotExported,
  kScrapeDuration,
  kRateWindow,
  kIdentityUp,
  kIdentityEndpoints,
  kIdentityLookups,
  kIdentityRelists,
  kIdentityEvents,
  kHttpRequests,
  kHttpRequestDuration,
  kWebConfigReloadSuccessful,
  kWebConfigReloadSuccessTime,
  kConnectionLogLines,
  kConnectionLogLost,
  kLogLinesLost,
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
  kEdgeSegments,
  kEdgeRetransmittedSegments,
  kEdgeOutOfOrderSegments,
  kEdgeSynRetransmissions,
  kEdgeConnections,
  kEdgeConnectionsStalled,
  kEdgeHandshakeRtt,
  kEdgeResponse,
  kEdgeHandshakeRttDistribution,
  kEdgeResponseDistribution,
  kEdgeService,
  kWorkloadEdgeClientPayloadBytes,
  kWorkloadEdgeServerPayloadBytes,
  kWorkloadEdgeConnectionsOpened,
  kWorkloadEdgeConnectionsFailed,
  kWorkloadEdgeSegments,
  kWorkloadEdgeRetransmittedSegments,
  kWorkloadEdgeConnections,
  kWorkloadEdgeHandshakeRtt,
  kWorkloadEdgeResponse,
  kWorkloadEdgeHandshakeRttDistribution,
  kWorkloadEdgeResponseDistribution,
  kWorkloadEdgeOtherClientPayloadBytes,
  kWorkloadEdgeOtherServerPayloadBytes,
  kWorkloadEdgeOtherConnectionsOpened,
  kWorkloadEdgeOtherConnectionsFailed,
  kWorkloadEdgeOtherSegments,
  kWorkloadEdgeOtherRetransmittedSegments,
  kWorkloadEdgeOtherConnections,
  kWorkloadEdgeOtherHandshakeRtt,
  kWorkloadEdgeOtherResponse,
  kWorkloadEdgeOtherHandshakeRttDistribution,
  kWorkloadEdgeOtherResponseDistribution,
  kZonePayloadBytes,
  kEndpointInfo,
  kListenerQueueConnections,
  kListenerQueueLimit,
  kListenerDropped,
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

// A label: its name in Prometheus, and the OTLP attribute with the same meaning. The attribute has the name that
// OpenTelemetry's semantic conventions give it, if they have one.
struct MetricLabel {
  std::string_view name;
  std::string_view attribute;
  // True = a sample has this label only if the value is not empty. An empty value means that the value is unknown.
  bool is_optional = false;
};

// The catalog's row of one metric.
struct MetricInfo {
  Metric metric;
  std::string_view name;  // in Prometheus; the name of a counter ends in _total
  MetricType type;
  // The unit in OpenMetrics: "seconds", "bytes", "bytes_per_second". `name`, without _total, ends in the unit. Empty if
  // the metric counts things, or if its value is always 0 or 1.
  std::string_view unit;
  absl::Span<const MetricLabel> labels;
  std::string_view help;       // without \, " or line break, which the text formats would have to escape
  std::string_view otlp_name;  // empty if the metric is a native histogram
  // The unit in UCUM, the code that OTLP uses: "s", "By". "{packet}" is the unit 1 with an annotation. Empty if the
  // value is always 0 or 1.
  std::string_view otlp_unit;
  // Whether the values of a gauge may be added up over its series, as in "connections of all edges". OpenTelemetry
  // calls such a gauge an UpDownCounter. Limits, times, rates and states are not additive. False for all other types.
  bool is_additive = false;

  // Whether every value is a whole number: true if the metric counts things or bytes. Values in any other unit may have
  // a fraction.
  constexpr bool counts_whole() const { return unit.empty() || unit == "bytes"; }
};

// Returns the row of `metric`. REQUIRES: metric != Metric::kCount.
const MetricInfo& InfoOf(Metric metric);

// Returns the row of `metric` with the type kHistogram. This is how a summary is described while it has classic
// buckets. REQUIRES: the metric is a summary.
const MetricInfo& HistogramInfoOf(Metric metric);

// Returns the row of the metric with this Prometheus name, or null. Searches linearly.
const MetricInfo* FindMetric(std::string_view name);

// Returns the rows of all metrics, in the order of the enum.
absl::Span<const MetricInfo> MetricCatalog();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRIC_CATALOG_H_
