// SPDX-License-Identifier: Apache-2.0
// How long handing over a table holds up its worker: the longest step of whole passes. usage:
// handover_bench [CONNECTIONS [ENCAPSULATIONS]]
//
// Wall time includes everything that the machine did meanwhile. Processor time does not, but in a virtual machine it
// may include the host's work. So each pass is followed, for comparison, by one that only reads the table, in steps of
// the same size.

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "src/flow/connection_table.h"
#include "src/snapshot/worker_publisher.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int kPasses = 8;

double Microseconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

IpAddress V4(uint32_t address) {
  const uint8_t wire[] = {static_cast<uint8_t>(address >> 24), static_cast<uint8_t>(address >> 16),
                          static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  return IpAddress::FromV4(wire);
}

void Begin(uint32_t number, uint32_t encapsulations, ConnectionTable* table) {
  DecodedPacket packet;
  packet.kind = DecodedPacket::Kind::kTcpSegment;
  packet.protocol = Protocol::kTcp;
  packet.time_ns = 1700000000 * kSecond + number;
  packet.source = {V4(0x0a000000u + number), 40000};
  packet.destination = {V4(0xc0a80001u), 443};
  packet.window = 1000;
  if (encapsulations > 0) {
    packet.encapsulation.AddVlan(static_cast<uint16_t>(1 + number % encapsulations % 4000));
    packet.encapsulation.AddVlan(static_cast<uint16_t>(1 + number % encapsulations / 4000));
  }
  packet.tcp_flags = kTcpSyn;
  packet.ip_length_bytes = 40;
  table->Apply({&packet, 1});
  std::swap(packet.source, packet.destination);
  packet.tcp_flags = kTcpSyn | kTcpAck;
  packet.acknowledgment_number = 1;
  packet.payload_length_bytes = number % 1000;
  packet.ip_length_bytes = 40 + packet.payload_length_bytes;
  table->Apply({&packet, 1});
}

// The steps of one pass in microseconds: all by wall time, longest first, and the longest by processor time.
struct Steps {
  // `step` does one step and returns whether it was the last.
  template <typename Step>
  explicit Steps(Step step) {
    bool last;
    do {
      const double wall_start = Microseconds(CLOCK_MONOTONIC);
      const double cpu_start = Microseconds(CLOCK_THREAD_CPUTIME_ID);
      last = step();
      longest_cpu = std::max(longest_cpu, Microseconds(CLOCK_THREAD_CPUTIME_ID) - cpu_start);
      wall.push_back(Microseconds(CLOCK_MONOTONIC) - wall_start);
    } while (!last);
    std::sort(wall.rbegin(), wall.rend());
  }
  int OverAMillisecond() const {
    return static_cast<int>(std::count_if(wall.begin(), wall.end(), [](double us) { return us > 1000; }));
  }

  std::vector<double> wall;
  double longest_cpu = 0;
};

int Main(uint32_t connections, uint32_t encapsulations) {
  TableOptions options;
  options.max_connections = connections;
  const auto table = std::make_unique<ConnectionTable>(options, nullptr);
  for (uint32_t i = 0; i < connections; ++i) Begin(i, encapsulations, table.get());
  CaptureCounters counters;
  counters.interfaces.resize(4);
  TripleBuffer<WorkerSnapshot> buffer;
  WorkerPublisher publisher(table.get(), &counters, &buffer, kSecond, 0, 100000);
  printf(
      "pass   steps   total ms   longest us (CPU)   longest us (wall)   longest but nine   reading alone: longest\n");
  int long_steps = 0;
  int long_reads = 0;
  uint64_t read = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    const Steps copying([&] { return publisher.Step((pass + 1) * kSecond) == WorkerPublisher::Progress::kPublished; });
    buffer.TakeLatest();
    uint32_t slot = 0;
    const Steps reading([&] {
      const uint32_t end = std::min(slot + WorkerPublisher::kSliceSlots, table->record_limit());
      for (; slot < end; ++slot) {
        if (table->IsConfirmed(slot)) read += table->WindowPayloadBytes(slot, table->now_ns());
      }
      return slot == table->record_limit();
    });
    long_steps += copying.OverAMillisecond();
    long_reads += reading.OverAMillisecond();
    printf("%4d %7zu %10.1f %18.0f %19.0f %18.0f %24.0f\n", pass, copying.wall.size(),
           std::accumulate(copying.wall.begin(), copying.wall.end(), 0.0) / 1e3, copying.longest_cpu, copying.wall[0],
           copying.wall[std::min<size_t>(copying.wall.size() - 1, 9)], reading.wall[0]);
  }
  printf("steps over 1 ms: %d; of reading alone: %d (%llu bytes of payload)\n", long_steps, long_reads,
         static_cast<unsigned long long>(read));
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) {
  const auto number = [&](int i, uint32_t otherwise) {
    return argc > i ? static_cast<uint32_t>(strtoul(argv[i], nullptr, 10)) : otherwise;
  };
  return tcpgauge::Main(number(1, 1000000), number(2, 0));
}
