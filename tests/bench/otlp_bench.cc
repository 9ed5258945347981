// SPDX-License-Identifier: Apache-2.0
// The cost of making the body of a push, compared with that of a scrape of the same exposition. The argument is the
// number of connections, which have nine samples each; 543 make about 5,000 samples. Run it as
// `bazel run //tests/bench:otlp_bench`. tests/bench/push_cost.py measures whole pushes of the agent.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "exporter/metrics/text_writer.h"
#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/otlp_wire.h"
#include "src/base/gzip.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/exporter/metrics/random_snapshot.h"

namespace tcpgauge {
namespace {

Exposition Make(const benchmark::State& state) {
  const size_t connections = static_cast<size_t>(state.range(0));
  return ExampleExposition(RandomSnapshot(1, connections, Values::kPlausible), connections);
}

template <bool kGzip>
void Scrape(benchmark::State& state) {
  const Exposition exposition = Make(state);
  std::string body;
  for (auto _ : state) {
    body = WriteText(exposition, TextFormat::kPrometheus);
    if (kGzip) body = Gzip(body);
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}

template <OtlpFormat kFormat, Temporality kTemporality, bool kGzip>
void Push(benchmark::State& state) {
  const Exposition exposition = Make(state);
  OtlpEncoderOptions options;
  options.format = kFormat;
  options.temporality = kTemporality;
  OtlpEncoder encoder(options);
  std::string body;
  size_t points = 0;
  int64_t time_ns = 1700000000000000000;
  for (auto _ : state) {
    const std::vector<OtlpRequest> requests = encoder.Encode(exposition, ++time_ns);
    body = kGzip ? Gzip(requests[0].body) : requests[0].body;
    points = requests[0].data_points;
  }
  state.counters["bytes"] = static_cast<double>(body.size());
  state.counters["points"] = static_cast<double>(points);
}

#define AT_FIVE_THOUSAND Arg(543)->Unit(benchmark::kMillisecond)
BENCHMARK_TEMPLATE(Scrape, false)->AT_FIVE_THOUSAND;
BENCHMARK_TEMPLATE(Scrape, true)->AT_FIVE_THOUSAND;
BENCHMARK_TEMPLATE(Push, OtlpFormat::kProtobuf, Temporality::kCumulative, false)->AT_FIVE_THOUSAND;
BENCHMARK_TEMPLATE(Push, OtlpFormat::kProtobuf, Temporality::kCumulative, true)->AT_FIVE_THOUSAND;
BENCHMARK_TEMPLATE(Push, OtlpFormat::kProtobuf, Temporality::kDelta, false)->AT_FIVE_THOUSAND;
BENCHMARK_TEMPLATE(Push, OtlpFormat::kJson, Temporality::kCumulative, false)->AT_FIVE_THOUSAND;

}  // namespace
}  // namespace tcpgauge

BENCHMARK_MAIN();
