// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_OTLP_ENCODER_H_
#define TCPGAUGE_EXPORTER_OTLP_OTLP_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "exporter/metrics/exposition.h"
#include "exporter/otlp/otlp_wire.h"
#include "exporter/otlp/series_memory.h"

namespace tcpgauge {

// What a point of a counter or a histogram holds. An additive gauge (MetricInfo::is_additive) is an UpDownCounter in
// OpenTelemetry. Its points always hold the total, because the specification demands that with every temporality.
enum class Temporality : uint8_t {
  kCumulative,  // the total since the counter's start
  kDelta,       // the increase since the previous point
  // The specification's preference "lowmemory": histograms as with kDelta, counters as with kCumulative. The
  // specification demands deltas of synchronous counters too. But tcpgauge has none: its counters are read when a push
  // is made, which OpenTelemetry calls asynchronous.
  kLowMemory,
};

// Names and values, both valid UTF-8.
using ResourceAttributes = std::vector<std::pair<std::string, std::string>>;

// An encoded request for the receiver.
struct OtlpRequest {
  std::string body;  // in the format of OtlpEncoderOptions; the pusher may compress it
  size_t data_points = 0;
};

struct OtlpEncoderOptions {
  ResourceAttributes resource;
  std::string scope_version;  // the version of tcpgauge
  OtlpFormat format = OtlpFormat::kProtobuf;
  Temporality temporality = Temporality::kCumulative;
  // Further points go into further requests, because the OpenTelemetry Collector takes at most 20 MiB by default. A
  // point takes up to 1 kB in JSON. A point of an exponential histogram takes up to 3 kB, but few points are of that
  // kind.
  size_t max_points_per_request = 10000;
};

// Encodes expositions as OTLP requests: the samples of VisitMetrics(), under the catalog's OTLP names. Counters become
// monotonic sums. Additive gauges become sums that are not monotonic. Summaries become exponential histograms, with the
// buckets of ExponentialBuckets.
//
// A sum or a histogram starts when its connection began, when its edge or workload edge got series, or when its
// interface began to be counted. The sums of the process start with the process. All other sums start with the capture.
// - The start time of a cumulative point is this start.
// - The start time of a delta is this start or the time of the previous point, whichever is later. At the first point,
//   and after a restart of the counter, the delta is the whole value.
//
// If an exposition lacks a series of the previous exposition, the series gets one last point without a value, with the
// flag NO_RECORDED_VALUE.
//
// Design, where OTLP leaves a choice:
//
// - Deltas are computed when a request is made, whether or not it arrives. If a request is dropped, its deltas are
//   lost, and its points are counted in tcpgauge_otlp_data_points_dropped_total. Adding the deltas to the next request
//   was rejected, because the receiver may have accepted a request whose answer was lost. A user who cannot accept gaps
//   chooses cumulative sums.
// - The attributes `network.peer.*` are never sent. They name the peer of an observed program, but the agent observes
//   both ends of a connection.
// - The edge "other" has the attribute `otel.metric.overflow` in place of client and server.
// - A workload with a Kubernetes namespace has the attribute `client.workload`, as every workload, and also
//   `client.k8s.workload.name`, which is named like `client.k8s.pod.name`. The same holds for servers.
// - Every histogram point has bounds, or is exponential. A histogram without buckets would be legal, but Fluent Bit
//   refuses the whole request for one such point. Therefore the last point without a value has bounds too.
// - Summaries become exponential histograms. OTLP has summaries too, but these have no temporality, their quantiles
//   cannot be added up over edges, and the specification keeps them for legacy formats only. On /metrics, edges may
//   have classic buckets instead of summaries. The histograms here stay exponential even then, because their buckets
//   are finer and cost no series.
// - The count of an exponential point is the sum of its buckets, because some receivers refuse a point in which the
//   count and the sum differ.
// - If the scale of an exponential histogram fell since the previous point, the delta has the lower scale. The buckets
//   of the previous point can be merged to the lower scale, but those of the new point cannot be split.
// - The time of a point is the wall clock's time of the push, even if the packets come from a file. The start times of
//   connections and edges are in the time of the packets.
// - A push of 5,000 points takes 13 ms of processor time, most of it in protobuf's messages (tests/bench/push_cost.py).
//   A scrape of these points takes a fifth of that. But a push comes once a minute, so faster code would not be worth
//   its complexity.
//
// Thread: one thread at a time.
// Bounds: The encoder remembers the series of one exposition, at most as many as the series limit. A result holds one
// point for each series of the exposition, and one for each series that only the previous exposition had.
class OtlpEncoder {
 public:
  explicit OtlpEncoder(OtlpEncoderOptions options) : options_(std::move(options)) {}

  // Returns `exposition` as requests, in the order in which they should be sent. `time_ns` (Unix epoch) is the time of
  // the points. A start time later than `time_ns` (the wall clock was set back) is replaced by `time_ns`. Deltas are
  // relative to the previous call of Encode(), even if its result was never sent.
  std::vector<OtlpRequest> Encode(const Exposition& exposition, int64_t time_ns);

 private:
  const OtlpEncoderOptions options_;
  SeriesMemory memory_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTLP_ENCODER_H_
