// SPDX-License-Identifier: Apache-2.0
// How much faster several workers are than one when each has its own packets, as in live capture, where
// each worker has a socket. usage: workers_bench FILE [MOST_WORKERS [ROUNDS]]
//
// Reading a file with `-T` cannot show this, because one reader feeds all workers. Here FILE, which make_capture wrote,
// is spread over the workers in memory before the clock starts. Each worker decodes its share and applies it to its
// table. It does not read from the kernel or count packets. The clock stops when the last worker has ended:
//   read      each worker copies its table for readers, once a second
//   unread    the tables keep no rates, ranking and edges
// and of each
//   growing   the tables are new: the kernel makes memory resident while packets come
//   resident  the memory of all records was made resident before, as in an agent that has run for long. The index,
//             embryos (nearly all connections of a SYN flood) and gaps are still new
// Each worker has a second thread that makes memory resident (MemoryAhead). With as many workers as processors, the
// threads compete, and "growing" may gain less.

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "src/base/memory_ahead.h"
#include "src/base/mutex.h"
#include "src/base/time_units.h"
#include "src/capture/owner_function.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/worker_publisher.h"
#include "tests/bench/mapped_capture.h"

namespace tcpgauge {
namespace {

constexpr size_t kBatch = 64;
constexpr uint32_t kMaxConnections = 1000000;  // of all workers together
constexpr size_t kMaxRows = 100000;            // of each worker

using Clock = std::chrono::steady_clock;
using Share = std::vector<uint8_t>;  // the packets of a worker, as a PacketRun takes them

// Holds the workers until all are ready.
class Gate {
 public:
  // Called by each worker.
  void Pass() {
    const MutexLock lock(&mutex_);
    ++waiting_;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(&mutex_);
  }

  // Waits for that many workers, lets them go, and returns the time.
  Clock::time_point Open(size_t workers) {
    const MutexLock lock(&mutex_);
    while (waiting_ != workers) changed_.Wait(&mutex_);
    open_ = true;
    changed_.NotifyAll();
    return Clock::now();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

// Spreads packets like FileReader, but does not decode them for the workers: each worker decodes its own.
std::vector<Share> Spread(absl::Span<const uint8_t> packets, size_t workers) {
  const OwnerFunction owners(/*seed=*/1, workers);
  std::vector<Share> shares(workers);
  PacketRun run(packets);
  std::vector<DecodedPacket> packet(1);
  size_t start = 0;
  while (run.Decode(&packet) == 1) {
    Share& share = shares[owners.OwnerOf(packet[0].source, packet[0].destination)];
    share.insert(share.end(), packets.begin() + start, packets.begin() + run.offset());
    start = run.offset();
  }
  return shares;
}

// Whether somebody reads, and whether memory is resident beforehand.
struct Case {
  bool is_read;
  bool is_resident;
};

int64_t SteadyNanoseconds() { return Clock::now().time_since_epoch() / std::chrono::nanoseconds(1); }

void Work(const Share& share, Case measured, ConnectionTable* table, Gate* gate, Clock::time_point* end) {
  MemoryAhead memory_ahead([table](uint32_t first, uint32_t count) { table->PopulateRecords(first, count); });
  const CaptureCounters counters;
  TripleBuffer<WorkerSnapshot> buffer;
  WorkerPublisher publisher(table, &counters, &buffer, kNanosecondsPerSecond, /*lateness_ns=*/0, kMaxRows);
  PacketRun packets(share);
  std::vector<DecodedPacket> batch(kBatch);
  gate->Pass();
  while (const size_t count = packets.Decode(&batch)) {
    table->Apply(absl::MakeConstSpan(batch.data(), count));
    memory_ahead.Note(table->record_limit());
    table->AdvanceTime(table->now_ns());
    if (measured.is_read) publisher.Step(SteadyNanoseconds());
  }
  *end = Clock::now();
}

double Seconds(const std::vector<Share>& shares, Case measured) {
  TableOptions options;
  options.keep_rates = measured.is_read;
  options.max_connections = kMaxConnections / static_cast<uint32_t>(shares.size());
  std::vector<std::unique_ptr<ConnectionTable>> tables;
  for (size_t i = 0; i < shares.size(); ++i) {
    tables.push_back(std::make_unique<ConnectionTable>(options, nullptr));
    if (measured.is_resident) tables.back()->PopulateRecords(0, options.max_connections);
  }
  Gate gate;
  std::vector<Clock::time_point> ends(shares.size());
  std::vector<std::thread> workers;
  for (size_t i = 0; i < shares.size(); ++i) {
    workers.emplace_back(Work, std::cref(shares[i]), measured, tables[i].get(), &gate, &ends[i]);
  }
  const Clock::time_point start = gate.Open(shares.size());
  for (std::thread& worker : workers) worker.join();
  return std::chrono::duration<double>(*std::max_element(ends.begin(), ends.end()) - start).count();
}

// Prints the share of the busiest worker, because that share bounds the gain.
void PrintBusiest(const std::vector<Share>& shares, size_t all_bytes) {
  size_t most = 0;
  for (const Share& share : shares) most = std::max(most, share.size());
  printf("the busiest of %zu workers has %.1f %% of all bytes\n", shares.size(),
         100.0 * static_cast<double>(most) / static_cast<double>(all_bytes));
}

int Main(const char* path, size_t most_workers, int rounds) {
  std::vector<std::vector<Share>> spread;  // for one worker, for two, ...
  {
    const MappedCapture capture(path);
    for (size_t workers = 1; workers <= most_workers; ++workers) {
      spread.push_back(Spread(capture.packets(), workers));
      if (workers > 1) PrintBusiest(spread.back(), spread[0][0].size());
    }
  }
  // Take turns, so that all numbers of workers meet the same load. The first round does not count, because in it the
  // host provides memory.
  for (int round = 0; round <= rounds; ++round) {
    for (const Case measured : {Case{true, false}, {true, true}, {false, false}, {false, true}}) {
      std::vector<double> seconds;
      for (const auto& shares : spread) seconds.push_back(Seconds(shares, measured));
      if (round == 0) continue;
      printf("%s %s 1 worker %.4f s", measured.is_read ? "read" : "unread",
             measured.is_resident ? "resident" : "growing", seconds[0]);
      for (size_t i = 1; i < seconds.size(); ++i) {
        printf("  %zu workers %.4f s, %.2f times faster", i + 1, seconds[i], seconds[0] / seconds[i]);
      }
      printf("\n");
    }
  }
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) {
  const int most_workers = argc > 2 ? atoi(argv[2]) : 2;
  const int rounds = argc > 3 ? atoi(argv[3]) : 3;
  if (argc < 2 || argc > 4 || most_workers < 1 || rounds < 1) {
    fprintf(stderr, "usage: workers_bench FILE [MOST_WORKERS [ROUNDS]]\n");
    return 2;
  }
  return tcpgauge::Main(argv[1], static_cast<size_t>(most_workers), rounds);
}
