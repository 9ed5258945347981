// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_READER_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "src/base/stop_signal.h"
#include "src/capture/batch_queue.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_source.h"
#include "src/capture/shared_handshakes.h"
#include "src/capture/view_routes.h"
#include "src/flow/connection_table.h"
#include "src/flow/fragment_cache.h"
#include "src/flow/key_hasher.h"

namespace tcpgauge {

// Reads and decodes a file on a thread of its own, and distributes the packets to the workers. A single worker gets all
// packets unchanged.
//
// With several workers, all packets of a connection, in both directions, go to one worker, in order:
//
// - If a packet's 4-tuple has a route (ViewRoutes), the packet goes where the route leads. Otherwise it goes to the
//   owner of the 4-tuple (OwnerFunction). A following fragment of a datagram goes where the first fragment went, or to
//   the first worker if the first fragment was not seen.
// - Packets that are not TCP, or cannot be decoded, go to the workers in turn.
// - A worker sees only its own packets, but table time must be the latest time of all TCP packets. Therefore the reader
//   sets each TCP packet's time as a single table would (ConnectionTable::ArrivalTime()), and each batch carries the
//   latest time.
//
// Design. Reading on one thread and looking up connections on another makes a file take the time of the slower thread
// instead of the sum of both. While the queue of a single worker is at least half full, the reader has time to spare.
// It uses this time to hash the packets' keys (ConnectionHint). The hashes change no result. Several workers behind one
// reader help only where looking up is the slower part. On two processors, two workers were 1.3 times as fast as a
// single one with a million connections, and slower with 100,000 (PERFORMANCE.md).
//
// Owns the file's source and the queues.
// Thread: one thread calls Run(). Each source of TakeSources() belongs to one worker's thread.
// Bounds: a BatchQueue for each worker. When a queue is full, the reader waits.
// Errors: see TakeSources().
class FileReader {
 public:
  // `source` is the file. `workers` is at least 1. `table` has the options for all workers together. `stop` must
  // outlive the reader, and the reader must outlive the sources of TakeSources().
  FileReader(std::unique_ptr<PacketSource> source, size_t workers, const TableOptions& table, const StopSignal* stop);
  ~FileReader();

  // Returns a source for each worker, with the name of the file. Call it once, before Run(). Read() of such a source
  // waits for packets from Run(), and returns kNone only once `stop` is set. When the file has an error, the first
  // source ends with that error, and the others end as if the file had ended.
  std::vector<std::unique_ptr<PacketSource>> TakeSources();

  // Reads until the file ends, an error occurs, or `stop` is set. Then closes the queues. Call it once. To end a read
  // that waits for data, set `stop` and interrupt this thread with a signal.
  void Run();

 private:
  class QueueSource;

  absl::Status ReadAhead();
  absl::Status ReadAndDistribute();
  // Each of these three returns false when stopped.
  bool Distribute(DecodedPacket* packet);
  bool Push(size_t worker);
  bool PushAll();
  size_t WorkerOf(const DecodedPacket& packet);
  // Returns the worker of a TCP packet whose ports are known.
  size_t RouteOf(const DecodedPacket& packet);

  const std::unique_ptr<PacketSource> source_;
  const KeyHasher hasher_;
  const OwnerFunction owners_;
  const StopSignal& stop_;
  std::vector<std::unique_ptr<BatchQueue>> queues_;
  std::vector<PacketBatch*> backs_;  // for each queue, the batch that is being filled
  PacketBatch read_;
  FragmentCache fragments_;
  // Both are null with a single worker, and with TableOptions::count_views.
  std::unique_ptr<SharedHandshakes> handshakes_;
  std::unique_ptr<ViewRoutes> routes_;
  int64_t now_ns_ = 0;  // the latest time of a TCP packet, as in ConnectionTable; 0 with a single worker
  uint64_t non_tcp_packets_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_READER_H_
