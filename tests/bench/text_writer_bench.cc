// SPDX-License-Identifier: Apache-2.0
// What one exposition costs: prometheus-cpp's families and serializer, our text writer in both formats, our protobuf
// writer, and a copy of the finished text as the floor. DefaultLimits makes and writes what an agent with the default
// limits shows when all of its places are taken. Run it as `bazel run //tests/bench:text_writer_bench`.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/protobuf_writer.h"
#include "exporter/metrics/text_writer.h"
#include "src/base/gzip.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/exporter/metrics/prometheus_cpp_text.h"
#include "tests/exporter/metrics/random_snapshot.h"

namespace tcpgauge {
namespace {

Exposition Make(const benchmark::State& state) {
  const size_t connections = static_cast<size_t>(state.range(0));
  return ExampleExposition(RandomSnapshot(1, connections, Values::kPlausible), connections);
}

// `bytes` is the size of the text, `sent` that of the body, which may be compressed.
void CountBytes(benchmark::State& state, size_t bytes, size_t sent) {
  state.SetBytesProcessed(static_cast<int64_t>(bytes) * state.iterations());
  state.counters["bytes"] = static_cast<double>(sent);
}
void CountBytes(benchmark::State& state, size_t bytes) { CountBytes(state, bytes, bytes); }

void PrometheusCpp(benchmark::State& state) {
  const Exposition exposition = Make(state);
  size_t bytes = 0;
  for (auto _ : state) bytes = PrometheusCppText(exposition).size();
  CountBytes(state, bytes);
}

template <TextFormat kFormat>
void TextWriter(benchmark::State& state) {
  const Exposition exposition = Make(state);
  size_t bytes = 0;
  for (auto _ : state) bytes = WriteText(exposition, kFormat).size();
  CountBytes(state, bytes);
}

void ProtobufWriter(benchmark::State& state) {
  const Exposition exposition = Make(state);
  size_t bytes = 0;
  for (auto _ : state) bytes = WriteProtobuf(exposition).size();
  CountBytes(state, bytes);
}

void Selection(benchmark::State& state) {
  const size_t connections = static_cast<size_t>(state.range(0));
  const std::shared_ptr<const Snapshot> snapshot = Make(state).snapshot;
  for (auto _ : state) benchmark::DoNotOptimize(MakeExposition(snapshot, {SIZE_MAX, connections}, {}));
}

// A snapshot that fills the default limits: 150 edges and 100 connections.
Snapshot FullSnapshot() {
  Snapshot snapshot = RandomSnapshot(1, 100, Values::kPlausible);
  snapshot.edges.exported.clear();
  for (uint16_t i = 0; i < 150; ++i) {
    EdgeView& edge = snapshot.edges.exported.emplace_back();
    edge.key.client = IpAddress::FromV4({10, 42, 0, static_cast<uint8_t>(i)});
    edge.key.server = {IpAddress::FromV4({10, 96, 7, 7}), static_cast<uint16_t>(8000 + i)};
    edge.counters.client_payload_bytes = 1000000000 + i;
    edge.counters.server_payload_bytes = 7000000000 + i;
    edge.counters.segments = 9000000 + i;
    for (int j = 0; j < 1000; ++j) {  // exponentially distributed, so that some 40 buckets have values
      const double seconds = -0.02 * std::log((j + 0.5) / 1000);
      edge.distributions.handshake_rtt_seconds.Observe(seconds / 50);
      edge.distributions.response_seconds.Observe(seconds);
    }
  }
  return snapshot;
}

// Adds names to all edges of FullSnapshot(), and all that the default limits have room for about names.
void NameAll(Snapshot* snapshot) {
  const IdentityRef client = ExampleIdentity("shop", "checkout", "checkout-7d4b9c8f6-x2x1z");
  const IdentityRef server = ExampleIdentity("payments", "ledger", "ledger-0");
  for (EdgeView& edge : snapshot->edges.exported) {
    edge.client = client;
    edge.server = server;
  }
  for (int i = 0; i < 60; ++i) {
    WorkloadEdgeView& edge = snapshot->workload_edges.exported.emplace_back();
    edge.client = ExampleIdentity("shop", "checkout-" + std::to_string(i), "");
    edge.server = server;
    edge.counters.client_payload_bytes = 1000000000;
  }
  auto map = std::make_shared<IdentityMap>();
  for (uint16_t i = 0; i < 250; ++i) {
    const uint8_t wire[4] = {10, 42, 0, static_cast<uint8_t>(i)};
    map->addresses.emplace(IpAddress::FromV4(wire), client);
    map->local_addresses.insert(IpAddress::FromV4(wire));
    if (i < 32) map->listener_queues.push_back({{IpAddress::FromV4(wire), 8080}, client, 0, 4096, 0});
  }
  snapshot->identity_map = map;
  snapshot->identity_counters.sources = {{"cgroup", true}};
}

void MakeAndWrite(benchmark::State& state, const ExpositionLimits& limits, Snapshot made) {
  const auto snapshot = std::make_shared<const Snapshot>(std::move(made));
  size_t bytes = 0;
  size_t samples = 0;
  for (auto _ : state) {
    const Exposition exposition = MakeExposition(snapshot, limits, {&ExampleAgentMetrics()});
    bytes = WriteText(exposition, TextFormat::kPrometheus).size();
    samples = exposition.series;
  }
  CountBytes(state, bytes);
  state.counters["samples"] = static_cast<double>(samples);
}

void DefaultLimits(benchmark::State& state) { MakeAndWrite(state, {5000, 100}, FullSnapshot()); }

void DefaultLimitsWithNames(benchmark::State& state) {
  Snapshot snapshot = FullSnapshot();
  NameAll(&snapshot);
  MakeAndWrite(state, {5000, 100, EdgeDetail::kFull, 150, 60}, std::move(snapshot));
}

template <typename Write>
void WriteAgain(benchmark::State& state, const Write& write) {
  const Exposition exposition =
      MakeExposition(std::make_shared<const Snapshot>(FullSnapshot()), {5000, 100}, {&ExampleAgentMetrics()});
  size_t bytes = 0;
  for (auto _ : state) bytes = write(exposition).size();
  CountBytes(state, bytes);
}

// The formats beside each other, without the time that it takes to make what DefaultLimits shows.
void DefaultLimitsText(benchmark::State& state) {
  WriteAgain(state, [](const Exposition& exposition) { return WriteText(exposition, TextFormat::kPrometheus); });
}
void DefaultLimitsProtobuf(benchmark::State& state) { WriteAgain(state, WriteProtobuf); }

void Copy(benchmark::State& state) {
  const std::string text = WriteText(Make(state), TextFormat::kPrometheus);
  std::string copy(text.size(), '\0');
  for (auto _ : state) {
    std::memcpy(copy.data(), text.data(), text.size());
    benchmark::ClobberMemory();
  }
  CountBytes(state, text.size());
}

void Compress(benchmark::State& state) {
  const std::string text = WriteText(Make(state), TextFormat::kPrometheus);
  size_t compressed = 0;
  for (auto _ : state) compressed = Gzip(text).size();
  CountBytes(state, text.size(), compressed);
}

#define AT_ALL_SIZES Arg(1000)->Arg(10000)->Arg(100000)->Unit(benchmark::kMillisecond)
BENCHMARK(PrometheusCpp)->AT_ALL_SIZES;
BENCHMARK_TEMPLATE(TextWriter, TextFormat::kPrometheus)->AT_ALL_SIZES;
BENCHMARK_TEMPLATE(TextWriter, TextFormat::kOpenMetrics)->AT_ALL_SIZES;
BENCHMARK(ProtobufWriter)->AT_ALL_SIZES;
BENCHMARK(Selection)->AT_ALL_SIZES;
BENCHMARK(DefaultLimits)->Unit(benchmark::kMicrosecond);
BENCHMARK(DefaultLimitsText)->Unit(benchmark::kMicrosecond);
BENCHMARK(DefaultLimitsProtobuf)->Unit(benchmark::kMicrosecond);
BENCHMARK(DefaultLimitsWithNames)->Unit(benchmark::kMicrosecond);
BENCHMARK(Compress)->AT_ALL_SIZES;
BENCHMARK(Copy)->AT_ALL_SIZES;

}  // namespace
}  // namespace tcpgauge

BENCHMARK_MAIN();
