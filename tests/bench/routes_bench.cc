// SPDX-License-Identifier: Apache-2.0
// What it costs to give each packet to the worker that has its connection, in nanoseconds of processor time per packet.
// usage: routes_bench FILE [ROUNDS]
//
// FILE, which make_capture wrote, is spread over two workers as the kernel does it. One thread takes turns as both, so
// that the figures do not depend on other processors. Each packet is decoded, handed over and applied to a table:
//   one view   each packet as it is in the file
//   two views  each packet twice: on eth0, and translated (10.0.0.0/8 becomes 172.0.0.0/8) on veth1
// "handover" is the part that is neither decoding nor the tables.

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "src/capture/handover.h"
#include "src/capture/interface_registry.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_source.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/worker_snapshot.h"
#include "tests/bench/mapped_capture.h"

namespace tcpgauge {
namespace {

constexpr size_t kWorkers = 2;
constexpr size_t kRecordHeaderBytes = 16, kEthernetBytes = 14;
// The first bytes of the IPv4 addresses in a record.
constexpr size_t kAddresses[] = {kRecordHeaderBytes + kEthernetBytes + 12, kRecordHeaderBytes + kEthernetBytes + 16};
constexpr uint8_t kClients = 10, kTranslated = 172;

using Share = std::vector<uint8_t>;

TableOptions Options() {
  TableOptions options;
  options.hash_seed = 1;
  return options;
}

std::vector<Share> Spread(absl::Span<const uint8_t> packets, bool two_views) {
  const OwnerFunction owners(Options().hash_seed, kWorkers);
  std::vector<Share> shares(kWorkers);
  PacketRun run(packets);
  std::vector<DecodedPacket> packet(1);
  size_t start = 0;
  while (run.Decode(&packet) == 1) {
    Share record(packets.begin() + start, packets.begin() + run.offset());
    start = run.offset();
    for (int view = 0; view < (two_views ? 2 : 1); ++view) {
      if (view == 1) {
        for (const size_t place : kAddresses) {
          if (record[place] == kClients) record[place] = kTranslated;
        }
        std::vector<DecodedPacket> translated(1);
        PacketRun(record).Decode(&translated);
        packet = translated;
      }
      Share& share = shares[owners.OwnerOf(packet[0].source, packet[0].destination)];
      share.insert(share.end(), record.begin(), record.end());
    }
  }
  return shares;
}

int64_t ProcessorNs() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

struct Worker {
  explicit Worker(const Share& share) : packets(share) {}

  CaptureCounters counters;
  InterfaceRegistry interfaces{&counters, /*window_ns=*/INT64_MAX};
  std::unique_ptr<Handover> handover;
  std::unique_ptr<ConnectionTable> table;
  PacketRun packets;
};

struct Figures {
  double all = 1e9;
  double handover = 1e9;
};

Figures Measure(const std::vector<Share>& shares) {
  HandoverGroup group(Options(), kWorkers);
  std::vector<std::unique_ptr<Worker>> workers;
  for (size_t i = 0; i < kWorkers; ++i) {
    workers.push_back(std::make_unique<Worker>(shares[i]));
    workers[i]->interfaces.AddNamed("eth0");
    workers[i]->interfaces.AddNamed("veth1");
    workers[i]->handover = std::make_unique<Handover>(&group, i, &workers[i]->interfaces);
    TableOptions table = Options();
    table.max_connections /= kWorkers;
    workers[i]->table = std::make_unique<ConnectionTable>(table, nullptr);
    workers[i]->table->PopulateRecords(0, table.max_connections);
  }
  uint64_t lost_packets = 0;
  const auto lost = [&lost_packets](uint32_t) { ++lost_packets; };
  std::vector<DecodedPacket> decoded(PacketBatch::kCapacity);
  auto batch = std::make_unique<PacketBatch>();
  uint64_t packets = 0;
  int64_t handover_ns = 0;
  const int64_t start_ns = ProcessorNs();
  for (bool any = true; any;) {
    any = false;
    for (const auto& worker : workers) {
      const size_t count = worker->packets.Decode(&decoded);
      any = any || count > 0;
      packets += count;
      batch->clear();
      for (size_t i = 0; i < count; ++i) {
        DecodedPacket* const packet = batch->Add();
        *packet = decoded[i];
        const bool is_translated =
            packet->source.address.bytes()[12] == kTranslated || packet->destination.address.bytes()[12] == kTranslated;
        const bool by_client = packet->source.port > packet->destination.port;
        packet->interface = is_translated ? 1 : 0;
        packet->direction = is_translated == by_client ? PacketDirection::kOut : PacketDirection::kIn;
      }
      const int64_t before_ns = ProcessorNs();
      worker->handover->HandOver(batch.get(), lost);
      const int64_t between_ns = ProcessorNs();
      worker->table->Apply(batch->packets());
      batch->clear();
      const int64_t received_ns = ProcessorNs();
      handover_ns += between_ns - before_ns;
      bool received = worker->handover->Receive(std::numeric_limits<int64_t>::max(), batch.get(), lost);
      handover_ns += ProcessorNs() - received_ns;
      for (; received; received = worker->handover->Receive(std::numeric_limits<int64_t>::max(), batch.get(), lost)) {
        worker->table->Apply(batch->packets());
        batch->clear();
      }
      worker->table->AdvanceTime(worker->table->now_ns());
    }
  }
  if (lost_packets > 0) fprintf(stderr, "%llu packets lost\n", static_cast<unsigned long long>(lost_packets));
  const double count = static_cast<double>(packets);
  return {static_cast<double>(ProcessorNs() - start_ns) / count, static_cast<double>(handover_ns) / count};
}

int Main(const char* path, int rounds) {
  const MappedCapture capture(path);
  for (const bool two_views : {false, true}) {
    const std::vector<Share> shares = Spread(capture.packets(), two_views);
    Figures best;
    for (int round = 0; round < rounds; ++round) {
      const Figures figures = Measure(shares);
      best.all = std::min(best.all, figures.all);
      best.handover = std::min(best.handover, figures.handover);
    }
    printf("%s  all %.1f ns  handover %.1f ns\n", two_views ? "two views" : "one view ", best.all, best.handover);
  }
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) {
  const int rounds = argc > 2 ? atoi(argv[2]) : 3;
  if (argc < 2 || argc > 3 || rounds < 1) {
    fprintf(stderr, "usage: routes_bench FILE [ROUNDS]\n");
    return 2;
  }
  return tcpgauge::Main(argv[1], rounds);
}
