// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_MERGER_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "src/base/time_units.h"
#include "src/capture/packet_source.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Puts the packets of several interfaces into the order of their times: a k-way merge of one batch for each source.
//
// A connection may cross two interfaces that one worker reads, with address translation in between. The kernel holds
// the packets of each interface back for a while, and a read returns many at once. Without a merge, the table would get
// the whole connection as one interface shows it, and then all of it again as the other interface shows it.
//
// Design. A packet leaves the merger when no source can deliver an earlier one. The merger concludes this as follows:
//
// - A source whose packets wait in the merger is not read. Its further packets stay in the kernel's ring. They are not
//   earlier than those that wait.
// - A source that returned all its packets when it was read has delivered all packets that were then older than
//   `kernel_delay_ns`. So a source that is idle, or whose interface is down or gone, holds packets of other sources
//   back until they are `kernel_delay_ns` old, and no longer.
//
// Two kinds of packets leave at once, whatever other sources may deliver:
//
// - A packet that is later than the present. It was captured before the clock was set back, and its place in the order
//   is not known.
// - A packet that was read kLongestWaitNs of steady time ago or earlier, whatever the wall clock does.
//
// Each packet is copied once, from the batch of its source into the caller's batch. Handing out pieces of the sources'
// batches was rejected: when packets of two interfaces alternate, a piece is a single packet. The table would then
// fetch the memory of one connection at a time.
//
// Owns a batch for each source.
// Thread: confined to the thread of one worker.
// Units: nanoseconds. Times of packets and the present are capture time (CaptureClock).
// Bounds: PacketBatch::kCapacity packets for each source. Only the constructor allocates memory.
class PacketMerger {
 public:
  // The longest wait of a packet. Under load, a packet waits for the earlier packets in the kernel's rings. To read a
  // full ring takes less time than this.
  static constexpr int64_t kLongestWaitNs = kNanosecondsPerSecond;

  // The shortest sleep of a worker while packets wait. Without this bound, the worker would wake once for each packet,
  // when the packet can leave.
  static constexpr int64_t kShortestWaitNs = 10 * kNanosecondsPerMillisecond;

  // Merges `sources` sources, which are numbered from 0. A parameter `source` is such a number. The kernel hands each
  // packet over at most `kernel_delay_ns` after capturing it.
  PacketMerger(size_t sources, int64_t kernel_delay_ns);

  // Sets the present: `now_ns` in capture time, and `steady_ns` in steady time. Call it before the sources are read,
  // and again after all were read.
  void SetTime(int64_t now_ns, int64_t steady_ns) {
    now_ns_ = now_ns;
    steady_ns_ = steady_ns;
  }

  // Whether packets of the source wait.
  bool HasPackets(size_t source) const { return !lanes_[source].waiting.empty(); }
  // Returns an empty batch, into which the caller reads packets of the source. The caller then calls EndRead().
  // REQUIRES: !HasPackets(source).
  PacketBatch* BeginRead(size_t source);
  // Says that the source was read. `result` is what PacketSource::Read() returned. `last_time_ns` is the time of the
  // last packet that was read, or nullopt if no packet was read. The caller may have removed packets from the batch
  // since.
  void EndRead(size_t source, PacketSource::ReadResult result, std::optional<int64_t> last_time_ns);
  // Says that the source will not be read again. The packets of the source that wait still leave in order.
  void Close(size_t source);
  // Says that no source will be read again. No packet has to wait any more.
  void CloseAll();

  // Moves the packets that can leave into the batch, until the batch is full. Packets that leave at once (see Design)
  // come first. The others follow in the order of their times, and packets with equal times in the order of their
  // sources. Returns whether a packet was moved. REQUIRES: `batch` is empty.
  bool Take(PacketBatch* batch);

  // Whether to read the sources again without waiting for packets: a source whose packets have left may have more.
  bool MayReadMore() const;
  // Returns the time before which all packets have been read and have left. INT64_MAX if no packet waits and all
  // sources are closed.
  int64_t taken_until_ns() const;
  // Returns for how long to wait, from the last SetTime() on, before the sources are read again: until the first packet
  // can leave in any case, but at least for kShortestWaitNs. Returns nullopt if no packet waits.
  std::optional<int64_t> WaitNs() const;

 private:
  // What the merger knows of a source.
  struct Lane {
    std::unique_ptr<PacketBatch> batch;
    absl::Span<const DecodedPacket> waiting;  // the packets of `batch` that have not left
    // The source has delivered all packets that are earlier than this time.
    int64_t read_until_ns = std::numeric_limits<int64_t>::min();
    int64_t read_at_ns = 0;  // steady time of the last read
    bool is_closed = false;
    bool may_have_more = false;  // the last read may not have returned all packets, or was some time ago

    // No packet that has not left is earlier than this time.
    int64_t next_time_ns() const { return waiting.empty() ? read_until_ns : waiting.front().time_ns; }
  };

  void TakeUnordered(Lane* lane, PacketBatch* batch) const;

  const int64_t kernel_delay_ns_;
  std::vector<Lane> lanes_;  // indexed by source
  int64_t now_ns_ = 0;
  int64_t steady_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_MERGER_H_
