// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_READER_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/base/stop_signal.h"
#include "src/capture/batch_queue.h"
#include "src/capture/packet_source.h"
#include "src/flow/fragment_cache.h"
#include "src/flow/key_hasher.h"

namespace tcpgauge {

// Reads and decodes a file for the workers. All packets of a connection, in both directions, go to one worker, in
// order. A single worker gets all packets unchanged.
//
// Addresses and ports choose the worker. A fragment follows the first fragment of its datagram. Packets that are not
// TCP go to the workers in turn. A worker sees only its own packets, but table time is the latest time of all packets.
// So with several workers the reader sets each TCP packet's time as a single table would
// (ConnectionTable::ArrivalTime()), and each batch carries the latest time.
//
// Design. With a thread that only reads, a file takes the time of the slower thread instead of the sum of both. While
// the queue of a single worker is at least half full, the reader has time to spare and also hashes the keys of packets
// (ConnectionHint), which changes no result. Several workers behind one reader help only where looking up is the slower
// part: on two processors they were 1.3 times as fast with a million connections, and slower with few (PERFORMANCE.md).
//
// Owns the file's source and the queues.
// Thread: Run() is one thread. Each source of TakeSources() belongs to one worker's thread.
// Bounds: a BatchQueue per worker; a full one makes the reader wait.
class FileReader {
 public:
  // `hash_seed` is that of the workers' tables. `stop` must outlive the reader. The reader must outlive the sources of
  // TakeSources().
  FileReader(std::unique_ptr<PacketSource> source, size_t workers, uint64_t hash_seed, const StopSignal* stop);
  ~FileReader();

  // Returns a source for each worker, with the name of the file. An error of the file ends the first source with that
  // error and the others as if the file ended. Call it once, before Run().
  std::vector<std::unique_ptr<PacketSource>> TakeSources();

  // Reads until the file ends, an error occurs, or `stop` is set.
  void Run();

 private:
  class QueueSource;

  absl::Status ReadAhead();
  absl::Status ReadAndDistribute();
  // These three return false when stopped.
  bool Distribute(DecodedPacket* packet);
  bool Push(size_t worker);
  bool PushAll();
  size_t WorkerOf(const DecodedPacket& packet);
  size_t WorkerOfEndpoints(const Endpoint& source, const Endpoint& destination) const;

  const std::unique_ptr<PacketSource> source_;
  const KeyHasher hasher_;
  const StopSignal& stop_;
  std::vector<std::unique_ptr<BatchQueue>> queues_;
  std::vector<PacketBatch*> backs_;  // for each queue, the batch that is being filled
  PacketBatch read_;
  FragmentCache fragments_;
  int64_t now_ns_ = 0;  // the latest time of a TCP packet, as in ConnectionTable; 0 with a single worker
  uint64_t non_tcp_packets_ = 0;
};

// Equal for both directions of a connection. All bits of both endpoints count, so that similar addresses still spread
// evenly over the workers.
uint64_t SymmetricHash(const Endpoint& a, const Endpoint& b);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_READER_H_
