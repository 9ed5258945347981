// SPDX-License-Identifier: Apache-2.0
// Nanoseconds per packet of each stage of the packet path, over a capture that make_capture wrote. usage:
// stages_bench FILE
//
// Each stage is timed by itself, in batches like a worker's:
//   read     read each packet of the file, without using it
//   decode   decode each packet from memory into its place in the batch
//   look up  hash, prefetch and find in an index that already holds all connections of the capture
//   apply    all work of the table, without looking up: for readers, that is with rates, ranking and edges; and unread
//   publish  copy rows for readers, in slices between the batches: one pass for each million packets

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include <chrono>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "src/capture/classic_pcap.h"
#include "src/capture/file_bytes.h"
#include "src/capture/packet_file.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_index.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/worker_publisher.h"
#include "tests/bench/mapped_capture.h"

namespace tcpgauge {
namespace {

constexpr size_t kBatch = 64;
constexpr int64_t kPacketsPerPass = 1000000;

using Clock = std::chrono::steady_clock;

volatile uint64_t benchmark_result;  // keeps the compiler from dropping work

double NanosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

double ReadStage(const char* path) {
  const auto capture = ClassicPcap::Open(std::make_unique<FileBytes>(open(path, O_RDONLY | O_CLOEXEC), true));
  if (!capture.ok()) {
    fprintf(stderr, "stages_bench: %s is no capture that make_capture wrote\n", path);
    exit(1);
  }
  PacketFile::Packet packet;
  const auto start = Clock::now();
  while ((*capture)->Next(&packet)) benchmark_result = packet.wire_length_bytes;
  return NanosecondsSince(start);
}

double DecodeStage(PacketRun* capture, uint64_t* packets) {
  std::vector<DecodedPacket> batch(kBatch);
  capture->Rewind();
  const auto start = Clock::now();
  while (const size_t count = capture->Decode(&batch)) *packets += count;
  return NanosecondsSince(start);
}

// Decodes all packets, and times only what `stage` does with each batch.
template <typename Stage>
double TimeEachBatch(PacketRun* capture, Stage stage) {
  std::vector<DecodedPacket> batch(kBatch);
  double took = 0;
  capture->Rewind();
  while (const size_t count = capture->Decode(&batch)) {
    const auto start = Clock::now();
    stage(absl::MakeConstSpan(batch.data(), count));
    took += NanosecondsSince(start);
  }
  return took;
}

double LookUpStage(PacketRun* capture, size_t max_connections) {
  StableArray<ConnectionRecord> records(max_connections);
  EmbryoTable embryos(1);
  const ViewTable views(1);
  ConnectionIndex index(&records, &embryos, &views, 1, max_connections);
  uint32_t used = 0;
  uint64_t found = 0;
  const auto look_up = [&](absl::Span<const DecodedPacket> batch, bool insert) {
    ConnectionKey keys[kBatch];
    uint32_t hashes[kBatch];
    End sender;
    for (size_t i = 0; i < batch.size(); ++i) {
      keys[i] = ConnectionKey::Of(batch[i].source, batch[i].destination, 0, &sender);
      hashes[i] = static_cast<uint32_t>(index.HashOf(keys[i]));
      index.Prefetch(hashes[i]);
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      const uint32_t slot = insert ? index.Find(keys[i], hashes[i]) : index.FindCandidate(hashes[i]);
      if (slot != ConnectionIndex::kNotFound) {
        found += slot;
      } else if (insert && used < max_connections) {
        records[used].key = keys[i];
        index.Insert(used++, hashes[i]);
      }
    }
  };
  TimeEachBatch(capture, [&](absl::Span<const DecodedPacket> batch) { look_up(batch, true); });
  const double took = TimeEachBatch(capture, [&](absl::Span<const DecodedPacket> batch) { look_up(batch, false); });
  benchmark_result = found;
  return took;
}

double ApplyStage(PacketRun* capture, bool keep_rates, bool publish, double* publish_ns) {
  TableOptions options;
  options.keep_rates = keep_rates;
  const auto table = std::make_unique<ConnectionTable>(options, nullptr);
  CaptureCounters counters;
  TripleBuffer<WorkerSnapshot> buffer;
  WorkerPublisher publisher(table.get(), &counters, &buffer, kPacketsPerPass, 0, 100000);
  int64_t packets = 0;
  return TimeEachBatch(capture, [&](absl::Span<const DecodedPacket> batch) {
    table->Apply(batch);
    table->AdvanceTime(table->now_ns());
    if (!publish) return;
    const auto start = Clock::now();
    publisher.Step(packets += static_cast<int64_t>(batch.size()));
    *publish_ns += NanosecondsSince(start);
  });
}

int Main(const char* path) {
  const MappedCapture file(path);
  PacketRun capture(file.packets());
  uint64_t packets = 0;
  const double read = ReadStage(path);
  const double decode = DecodeStage(&capture, &packets);
  if (packets == 0) return 1;
  const double look_up = LookUpStage(&capture, 1u << 22);
  double publish = 0;
  const double apply_unread = ApplyStage(&capture, false, false, &publish);
  const double apply_for_readers = ApplyStage(&capture, true, false, &publish);
  ApplyStage(&capture, true, true, &publish);
  const double n = static_cast<double>(packets);
  printf("read %.1f  decode %.1f  look-up %.1f  apply-for-readers %.1f  publish %.1f  apply-unread %.1f  ns/packet\n",
         read / n, decode / n, look_up / n, (apply_for_readers - look_up) / n, publish / n,
         (apply_unread - look_up) / n);
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: stages_bench FILE\n");
    return 2;
  }
  return tcpgauge::Main(argv[1]);
}
