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

// What a counter's point gives: the sum since its start, or the increase since the push before.
enum class Temporality : uint8_t {
  kCumulative,
  kDelta,
  kLowMemory,  // histograms as kDelta, sums as kCumulative (the specification's asynchronous counters)
};

// Names and values, both UTF-8.
using ResourceAttributes = std::vector<std::pair<std::string, std::string>>;

// One request, ready to be sent.
struct OtlpRequest {
  std::string body;
  size_t data_points = 0;
};

struct OtlpEncoderOptions {
  ResourceAttributes resource;
  std::string scope_version;  // the version of tcpgauge
  OtlpFormat format = OtlpFormat::kProtobuf;
  Temporality temporality = Temporality::kCumulative;
  // More points go into further requests, because a receiver takes at most 20 MiB and a point is up to 1 kB of JSON.
  size_t max_points_per_request = 10000;
};

// Encodes expositions as OTLP: the samples of VisitMetrics(), under the catalog's OTLP names. Counters are monotonic
// sums. Every point of a counter gives the time since when it counts: when the connection began, when the edge got
// series, or when the process or the agent was started. A series that was in the previous exposition and is not in this
// one gets one last point without a value, with the flag NO_RECORDED_VALUE.
//
// Design, where OTLP leaves a choice:
//
// - Deltas are taken when a request is made, not when it arrives. A request that is dropped takes its deltas with it,
//   and its points are counted in tcpgauge_otlp_data_points_dropped_total. Adding them to the next request was
//   rejected: the receiver may have taken a request whose answer was lost. A user who wants no gap takes cumulative
//   sums.
// - `network.peer.*` is never sent. It names the peer of a connection of the observed program, and the agent stands
//   beside both ends. The edge `other` has no client address, so its only attribute is `otel.metric.overflow`.
// - Summaries become histograms without buckets, because OTLP's summary has no temporality and exists only for old
// data.
// - The time of a point is the time of the observation, by the wall clock, even when the packets come from a file and
//   have their own time. Connections and edges of a file begin in the file's time.
// - A push of 5,000 points takes 13 ms of processor time, five times a scrape, most of it in protobuf's messages
//   (tests/bench/push_cost.py). It comes once a minute, so the plain code stays.
//
// Thread: confined to one at a time.
// Bounds: remembers the series of one exposition, so the series limit bounds it; a result holds at most twice as many
// points.
class OtlpEncoder {
 public:
  explicit OtlpEncoder(OtlpEncoderOptions options) : options_(std::move(options)) {}

  // `time_ns` (Unix epoch) is the time of the points. Deltas start at the previous call, even if its result was never
  // sent.
  std::vector<OtlpRequest> Encode(const Exposition& exposition, int64_t time_ns);

 private:
  const OtlpEncoderOptions options_;
  SeriesMemory memory_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTLP_ENCODER_H_
