// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_HANDOVER_H_
#define TCPGAUGE_SRC_CAPTURE_HANDOVER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/capture/interface_registry.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_inbox.h"
#include "src/capture/packet_source.h"
#include "src/flow/fragment_cache.h"

namespace tcpgauge {

// What the workers of a live capture share, so that each connection is in one table: who owns a connection, and an
// inbox for each worker.
//
// Thread: any worker, by its Handover.
class HandoverGroup {
 public:
  // The parameters are those of OwnerFunction.
  HandoverGroup(uint64_t seed, size_t workers);

 private:
  friend class Handover;

  const OwnerFunction owners_;
  std::vector<PacketInbox> inboxes_;               // one for each worker
  std::array<std::atomic<size_t>, 2> not_at_end_;  // how many workers have not reached each stage of the end
};

// One worker's part in giving every packet to the worker that owns its connection.
//
// The kernel gives most packets to their owner (OwnerProgram()). It cannot do so for packets in tunnels or fragments
// and behind some headers, nor for an interface that the first worker captures alone. The worker that captures such a
// packet decodes it and puts it into the owner's inbox.
//
// - A fragment first goes to the worker that collects the fragments between its two addresses. That worker knows the
//   ports from the first fragment, and hands the fragment over to the owner of the connection. If it does not know the
//   ports, it keeps the fragment, which its table then counts as unmatched.
// - The kernel holds packets back for a while. So a packet may be handed over before its owner, or another worker, has
//   read earlier packets of the connection. A connection that seems to begin with a later segment would be two
//   connections for the table. Therefore the owner receives packets in the order of their times, and only up to the
//   time up to which it has read its own packets. When the inbox is half full, it does not wait for that time.
// - The worker that captures a packet counts the packet for its interface. The owner does everything else.
//
// No worker waits for another, except at the end. When an inbox is full, the packet is lost, and the worker that tried
// to hand it over counts it as dropped. Keeping it, and reading no further packets, was rejected: one worker that is
// behind would stop all others.
//
// Owns the fragments that it collects.
// Thread: confined to its worker.
// Bounds: those of PacketInbox and FragmentCache.
class Handover {
 public:
  // Called for each packet that was lost. The argument is the place of its interface in this worker's registry.
  using OnLost = absl::FunctionRef<void(uint32_t place)>;

  // `group` and `interfaces` must outlive the handover. `self` is the index of this worker. `interfaces` are those of
  // this worker.
  Handover(HandoverGroup* group, size_t self, InterfaceRegistry* interfaces);

  // Removes the packets from `batch` that this worker does not own, and hands them over. DecodedPacket::interface is
  // the interface's place in the registry. Packets that are not TCP stay in the batch.
  void HandOver(PacketBatch* batch, OnLost on_lost);

  // Adds the packets that other workers have handed over, until the batch is full or the earliest packet in the inbox
  // is later than `read_until_ns`: the packet time up to which this worker has read its own packets. Returns whether it
  // took any packet. The batch may stay empty, if all were fragments for other workers. REQUIRES: `batch` is empty.
  bool Receive(int64_t read_until_ns, PacketBatch* batch, OnLost on_lost);

  // Call it before sleeping. Returns the time of the earliest packet in the inbox. If there is none, returns nullopt,
  // and fd() becomes readable as soon as packets come. Call EndSleep() after sleeping.
  std::optional<int64_t> PrepareToSleep();
  void EndSleep() { inbox_.EndSleep(); }
  int fd() const { return inbox_.fd(); }

  // The end. When the capture is stopped, each worker goes through two stages. First no worker reads packets any more;
  // what is then in the inboxes may be fragments to hand over. Then no worker hands packets over any more. Between the
  // stages and after them, each worker receives all that is in its inbox. So every packet that was captured is counted.
  enum class Stage : size_t { kReadsNoMore = 0, kHandsOverNoMore = 1 };
  // Says that this worker has reached the stage. Call it once for each stage.
  void Reach(Stage stage);
  // Whether all workers have reached the stage. If so, all that they handed over before is in the inboxes.
  bool AllReached(Stage stage) const;

 private:
  // Whether the packet is a whole segment that this worker owns, as nearly all packets are.
  bool IsOwn(const DecodedPacket& packet) const {
    return packet.kind == DecodedPacket::Kind::kTcpSegment && !packet.is_fragment &&
           owners_.OwnerOf(packet.source, packet.destination) == self_;
  }
  // Returns the worker for which a packet is that this worker has read. Sets `*is_for_owner` (out) to
  // PacketInbox::Item::is_for_owner.
  size_t WorkerOf(const DecodedPacket& packet, bool* is_for_owner);
  // Returns the worker that owns the packet's connection. For a fragment, this worker must be the one that collects it.
  size_t OwnerOf(const DecodedPacket& packet);
  // Puts the packet into the inbox of `worker`. Returns false if the inbox is full.
  bool Push(size_t worker, const DecodedPacket& packet, const std::string* interface, bool is_for_owner);
  // Wakes the workers to which Push() gave packets.
  void WakeOthers();
  uint32_t PlaceOf(const std::string* interface);

  HandoverGroup& group_;
  const size_t self_;
  const OwnerFunction owners_;
  PacketInbox& inbox_;
  InterfaceRegistry& interfaces_;
  FragmentCache fragments_;
  std::vector<bool> to_wake_;  // indexed by worker
  bool wakes_any_ = false;
  // The place in this worker's registry of each interface on which other workers captured.
  absl::flat_hash_map<const std::string*, uint32_t> places_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_HANDOVER_H_
