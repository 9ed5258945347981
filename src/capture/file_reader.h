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

// Reads and decodes a file for the workers: all packets of a connection, of both directions, go to the same one and in
// order. A single worker gets all packets as they are read: reading goes on while it looks connections up.
//
// Packets are told apart by addresses and ports; fragments follow the datagram's first one. Packets that are not TCP go
// to the workers in turn. A worker sees only its own packets, so the reader tells the time for all: where a packet's
// time steps back, or is that of other workers' packets, each gets what a single worker would have made of it.
//
// Design. With a thread of its own for reading, the wall time of a file is that of the slower of two threads instead of
// their sum. While the queue of a single worker is at least half full, the reader has time to spare and also hashes the
// keys of packets (ConnectionHint), which changes no result. Several workers behind one reader gain only where looking
// up is the slower part: on two processors, 1.3 times with a million connections, and a loss with few (PERFORMANCE.md).
//
// Thread: Run() is one thread; each queue's source belongs to one worker.
class FileReader {
 public:
  // `hash_seed` is that of the workers' tables. `stop` must outlive it. It must outlive the sources that TakeSources()
  // returned.
  FileReader(std::unique_ptr<PacketSource> source, size_t workers, uint64_t hash_seed, const StopSignal* stop);
  ~FileReader();

  // What each worker reads: as the file, with an error of the file told to the first. Once, before Run().
  std::vector<std::unique_ptr<PacketSource>> TakeSources();

  // Reads until the end, an error, or stopped.
  void Run();

 private:
  class QueueSource;

  absl::Status ReadAhead();
  absl::Status ReadAndDistribute();
  // False when stopped.
  bool Distribute(DecodedPacket* packet);
  size_t WorkerOf(const DecodedPacket& packet);
  size_t WorkerBetween(const Endpoint& source, const Endpoint& destination) const;
  bool Push(size_t worker);
  bool PushAll();

  const std::unique_ptr<PacketSource> source_;
  const KeyHasher hasher_;
  const StopSignal& stop_;
  std::vector<std::unique_ptr<BatchQueue>> queues_;
  std::vector<PacketBatch*> backs_;  // the batch of each queue that is being filled
  PacketBatch read_;
  FragmentCache fragments_;
  int64_t now_ns_ = 0;   // the latest time of a TCP packet, as in ConnectionTable
  uint64_t others_ = 0;  // packets that are not TCP
};

// The same for both directions of a connection. Of each packet, so that no worker gets more than its share by chance of
// addresses: all bits of both endpoints count.
uint64_t SymmetricHash(const Endpoint& a, const Endpoint& b);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_READER_H_
