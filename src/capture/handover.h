// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_HANDOVER_H_
#define TCPGAUGE_SRC_CAPTURE_HANDOVER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/capture/interface_registry.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_inbox.h"
#include "src/capture/packet_source.h"
#include "src/capture/shared_handshakes.h"
#include "src/capture/shared_interface_names.h"
#include "src/capture/view_routes.h"
#include "src/flow/connection_table.h"
#include "src/flow/fragment_cache.h"
#include "src/flow/overflow.h"

namespace tcpgauge {

// What the workers of a live capture share, so that each connection is in one table: the function that chooses the
// owner of a 4-tuple, the table that tells which worker has a connection with several 4-tuples, the numbers of the
// interfaces' names, and an inbox for each worker. The group must outlive the handovers.
//
// Thread: any. Each worker uses the group through its own Handover.
class HandoverGroup {
 public:
  // `table` has the options for all workers together. Its hash_seed should be random. REQUIRES: workers <=
  // SharedHandshakes::kMaxWorkers.
  HandoverGroup(const TableOptions& table, size_t workers);

  // Returns the most memory that the group and its handovers take, without inboxes and fragments.
  static uint64_t MemoryBytes(const TableOptions& table, size_t workers);

 private:
  friend class Handover;

  const TableOptions table_;
  const OwnerFunction owners_;
  SharedHandshakes handshakes_;
  SharedInterfaceNames interface_names_;
  std::vector<PacketInbox> inboxes_;               // one for each worker
  std::array<std::atomic<size_t>, 3> not_at_end_;  // how many workers have not reached each stage of the end
};

// One worker's part in giving every packet to the worker whose table has its connection: the holder. The holder is the
// owner of the packet's 4-tuple (OwnerFunction), unless the owner has a route to another worker (ViewRoutes).
//
// The kernel gives most packets to their owner (OwnerProgram()). It cannot do so for packets in tunnels, in fragments
// or behind headers that OwnerProgram() does not read, nor for an interface that the first worker captures alone. The
// worker that captures such a packet decodes it and puts it into the owner's inbox. The owner keeps the packet, or puts
// it into the inbox of the worker to which the 4-tuple has a route. The owner makes routes when it reads handshakes.
// TableOptions::count_views turns routes off.
//
// - A fragment first goes to the worker that collects the fragments between its two addresses. That worker knows the
//   ports from the first fragment, and hands the fragment over to the owner of the 4-tuple. If it does not know the
//   ports, it keeps the fragment, which its table then counts as unmatched. A fragment follows a route like a segment.
// - The kernel holds packets back for a while. So a packet may be handed over before its owner, or another worker, has
//   read earlier packets of the connection. If a connection seemed to begin with a later segment, the table would make
//   two connections of it. Therefore a worker takes packets from its inbox in the order of their times. It leaves a
//   packet in the inbox as long as it has not read its own packets up to the time of that packet, unless the inbox is
//   half full.
// - The worker that captures a packet counts the packet for its interface. The holder does everything else.
//
// No worker waits for another, except at the end. When an inbox is full, the packet is lost, and the worker that tried
// to hand it over counts it as dropped. A worker could keep the packet and read no further ones until there is room.
// That was rejected, because one worker that is behind would stop all others.
//
// Owns the fragments that it collects, and the routes of its worker's 4-tuples.
// Thread: confined to the thread of one worker.
// Bounds: those of PacketInbox, FragmentCache, SharedHandshakes and ViewRoutes.
class Handover {
 public:
  // Called for each packet that was lost because an inbox was full. The argument is the place of the packet's interface
  // in this worker's registry.
  using OnLost = absl::FunctionRef<void(uint32_t place)>;

  // `group` and `interfaces` must outlive the handover. `self` is the index of this worker, and `interfaces` is its
  // registry.
  Handover(HandoverGroup* group, size_t self, InterfaceRegistry* interfaces);

  // Removes the packets that are for other workers from `batch`, and hands them over. Lost packets are removed too.
  // Packets that are not TCP stay in the batch. REQUIRES: each DecodedPacket::interface is the interface's place in
  // this worker's registry.
  void HandOver(PacketBatch* batch, OnLost on_lost);

  // Moves packets from this worker's inbox to `batch`, in the order of their times. Stops when the batch is full, when
  // the inbox is empty, or when the earliest packet in the inbox is later than `read_until_ns` and the inbox is not
  // half full. `read_until_ns` is the packet time up to which this worker has read its own packets. A packet that is
  // for another worker is handed on to that worker's inbox. Returns whether a packet was taken from the inbox, even if
  // the batch stays empty. REQUIRES: `batch` is empty.
  bool Receive(int64_t read_until_ns, PacketBatch* batch, OnLost on_lost);

  // Call it when the registry has forgotten the interface at `place`. Packets of other workers no longer get this
  // place, even if their interface has the same name.
  void Forget(size_t place);

  // Returns how often this worker's routes had no room, since the start: ViewRoutes::lost_handshakes() as
  // Overflow::kFingerprints, and ViewRoutes::lost_routes() as Overflow::kViews. All other counts are 0.
  OverflowCounts overflows() const;

  // Call it before sleeping, and EndSleep() after sleeping. Returns the time of the earliest packet in the inbox. If
  // the inbox is empty, returns nullopt, and fd() becomes readable as soon as packets come.
  std::optional<int64_t> PrepareToSleep();
  void EndSleep() { inbox_.EndSleep(); }
  int fd() const { return inbox_.fd(); }

  // The stages of the end. When the capture is stopped, each worker goes through them:
  // - kReadsNoMore: it reads its sources no more. Fragments in the inboxes may still be for other owners.
  // - kCollectsNoMore: it collects fragments no more. Packets in the inboxes may still have a route.
  // - kHandsOverNoMore: it hands packets over no more.
  // Once all workers have reached a stage, each worker receives all that is in its inbox. So every packet that was
  // captured and not lost is counted.
  enum class Stage : size_t { kReadsNoMore = 0, kCollectsNoMore = 1, kHandsOverNoMore = 2 };
  // Says that this worker has reached the stage, and wakes all workers. Call it once for each stage.
  void Reach(Stage stage);
  // Whether all workers have reached the stage. If so, all packets that they handed over before are in the inboxes.
  bool AllReached(Stage stage) const;

 private:
  using Role = PacketInbox::Role;

  // Where a packet goes next. If `worker` is this worker, the packet stays.
  struct Next {
    size_t worker;
    Role role;  // of `worker`
  };

  // Whether it is certain at once that the packet stays here: it is a whole segment, this worker owns its 4-tuple, and
  // the 4-tuple cannot have a route. While there are no routes, this is true of nearly all packets that are not
  // handshakes.
  bool IsOwn(const DecodedPacket& packet) const {
    return packet.kind == DecodedPacket::Kind::kTcpSegment && !packet.is_fragment && !MayHaveRoute(packet) &&
           owners_.OwnerOf(packet.source, packet.destination) == self_;
  }
  // Whether the segment's 4-tuple may have a route, or may get one by this segment.
  bool MayHaveRoute(const DecodedPacket& segment) const {
    return routes_ != nullptr && (!routes_->empty() || ViewRoutes::IsHandshake(segment));
  }
  // These three return where a packet goes next: from the worker that captured it, from the collector of its fragments,
  // and from its owner. `interface` is the number of the interface's name (see SharedInterfaceNames). 0 means that this
  // worker has captured the packet, and that DecodedPacket::interface is a place in its registry. AfterCapture() and
  // AfterCollector() set the ports of a following fragment if they are known.
  Next AfterCapture(DecodedPacket* packet);
  Next AfterCollector(uint64_t interface, DecodedPacket* packet);
  Next AfterOwner(uint64_t interface, const DecodedPacket& packet);
  // Puts the packet into the inbox of `next.worker`. Returns false if that inbox is full. WakeOthers() must follow.
  bool Push(Next next, const DecodedPacket& packet, uint64_t interface);
  // Wakes the workers to which Push() gave packets.
  void WakeOthers();
  // Returns the place in this worker's registry of the interface whose name has this number. Adds the interface if it
  // is new. If no worker holds the name any more, returns the place of "other".
  uint32_t PlaceOf(uint64_t interface);
  // Returns the number of the name of the interface at `place`.
  uint64_t NumberOf(size_t place) {
    return place < numbers_.size() && numbers_[place] != 0 ? numbers_[place] : AcquireNumber(place);
  }
  uint64_t AcquireNumber(size_t place);

  HandoverGroup& group_;
  const size_t self_;
  const OwnerFunction owners_;
  PacketInbox& inbox_;
  InterfaceRegistry& interfaces_;
  FragmentCache fragments_;
  const std::unique_ptr<ViewRoutes> routes_;  // null with count_views
  std::vector<bool> to_wake_;                 // indexed by worker
  bool wakes_any_ = false;
  // The place in this worker's registry of each interface on which other workers captured, by the number of its name.
  absl::flat_hash_map<uint64_t, uint32_t> places_;
  std::vector<uint64_t> numbers_;  // indexed by place; 0 = not acquired yet
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_HANDOVER_H_
