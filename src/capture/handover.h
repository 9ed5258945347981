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
#include "src/capture/view_routes.h"
#include "src/flow/connection_table.h"
#include "src/flow/fragment_cache.h"
#include "src/flow/overflow.h"

namespace tcpgauge {

// What the workers of a live capture share, so that each connection is in one table: who owns a 4-tuple, who has a
// connection of several 4-tuples, and an inbox for each worker.
//
// Thread: any worker, by its Handover.
class HandoverGroup {
 public:
  // `table` has the options for all workers together. Its hash_seed should be random.
  HandoverGroup(const TableOptions& table, size_t workers);

  // Returns the most memory that the group and its handovers take, besides inboxes and fragments.
  static uint64_t MemoryBytes(const TableOptions& table, size_t workers);

 private:
  friend class Handover;

  const TableOptions table_;
  const OwnerFunction owners_;
  SharedHandshakes handshakes_;
  std::vector<PacketInbox> inboxes_;               // one for each worker
  std::array<std::atomic<size_t>, 3> not_at_end_;  // how many workers have not reached each stage of the end
};

// One worker's part in giving every packet to the worker whose table has its connection: the holder. The holder is the
// owner of the packet's 4-tuple (OwnerFunction), unless the owner has a route to another worker (ViewRoutes).
//
// The kernel gives most packets to their owner (OwnerProgram()). It cannot do so for packets in tunnels or fragments
// and behind some headers, nor for an interface that the first worker captures alone. The worker that captures such a
// packet decodes it and puts it into the owner's inbox. The owner keeps the packet, or puts it into the inbox of the
// worker to which the 4-tuple has a route. The owner makes routes when it reads handshakes. TableOptions::count_views
// turns routes off.
//
// - A fragment first goes to the worker that collects the fragments between its two addresses. That worker knows the
//   ports from the first fragment, and hands the fragment over to the owner of the connection. If it does not know the
//   ports, it keeps the fragment, which its table then counts as unmatched. A fragment follows a route like a segment.
// - The kernel holds packets back for a while. So a packet may be handed over before its owner, or another worker, has
//   read earlier packets of the connection. A connection that seems to begin with a later segment would be two
//   connections for the table. Therefore a worker receives packets in the order of their times, and only up to the
//   time up to which it has read its own packets. When the inbox is half full, it does not wait for that time.
// - The worker that captures a packet counts the packet for its interface. The holder does everything else.
//
// No worker waits for another, except at the end. When an inbox is full, the packet is lost, and the worker that tried
// to hand it over counts it as dropped. Keeping it, and reading no further packets, was rejected: one worker that is
// behind would stop all others.
//
// Owns the fragments that it collects, and the routes of its worker's 4-tuples.
// Thread: confined to its worker.
// Bounds: those of PacketInbox, FragmentCache, SharedHandshakes and ViewRoutes.
class Handover {
 public:
  // Called for each packet that was lost. The argument is the place of its interface in this worker's registry.
  using OnLost = absl::FunctionRef<void(uint32_t place)>;

  // `group` and `interfaces` must outlive the handover. `self` is the index of this worker. `interfaces` are those of
  // this worker.
  Handover(HandoverGroup* group, size_t self, InterfaceRegistry* interfaces);

  // Removes the packets from `batch` that are for other workers, and hands them over. DecodedPacket::interface is the
  // interface's place in the registry. Packets that are not TCP stay in the batch.
  void HandOver(PacketBatch* batch, OnLost on_lost);

  // Adds the packets that other workers have handed over, until the batch is full or the earliest packet in the inbox
  // is later than `read_until_ns`: the packet time up to which this worker has read its own packets. Returns whether it
  // took any packet. The batch may stay empty, if all were for other workers. REQUIRES: `batch` is empty.
  bool Receive(int64_t read_until_ns, PacketBatch* batch, OnLost on_lost);

  // How often this worker's routes had no room, since the start: Overflow::kFingerprints and Overflow::kViews. All
  // other counts are 0.
  OverflowCounts overflows() const;

  // Call it before sleeping. Returns the time of the earliest packet in the inbox. If there is none, returns nullopt,
  // and fd() becomes readable as soon as packets come. Call EndSleep() after sleeping.
  std::optional<int64_t> PrepareToSleep();
  void EndSleep() { inbox_.EndSleep(); }
  int fd() const { return inbox_.fd(); }

  // The end. When the capture is stopped, each worker goes through three stages. First no worker reads packets any
  // more; what is then in the inboxes may be fragments for their owners. Then no worker collects fragments any more;
  // what is then in the inboxes may be packets with a route. Then no worker hands packets over any more. Between the
  // stages and after them, each worker receives all that is in its inbox. So every packet that was captured is counted.
  enum class Stage : size_t { kReadsNoMore = 0, kCollectsNoMore = 1, kHandsOverNoMore = 2 };
  // Says that this worker has reached the stage. Call it once for each stage.
  void Reach(Stage stage);
  // Whether all workers have reached the stage. If so, all that they handed over before is in the inboxes.
  bool AllReached(Stage stage) const;

 private:
  using Role = PacketInbox::Role;

  // Where a packet goes next. If `worker` is this worker, the packet stays.
  struct Next {
    size_t worker;
    Role role;  // of `worker`
  };

  // Whether the packet is a whole segment that stays here, and no handshake, as nearly all packets are while there is
  // no route.
  bool IsOwn(const DecodedPacket& packet) const {
    return packet.kind == DecodedPacket::Kind::kTcpSegment && !packet.is_fragment && !MayHaveRoute(packet) &&
           owners_.OwnerOf(packet.source, packet.destination) == self_;
  }
  bool MayHaveRoute(const DecodedPacket& segment) const {
    return routes_ != nullptr && (!routes_->empty() || ViewRoutes::IsHandshake(segment));
  }
  // These say where a packet goes next from the worker that captured it, from the collector of its fragments, and from
  // its owner. `interface` is the name of the packet's interface; null: this worker has captured the packet, and
  // DecodedPacket::interface is a place. AfterCollector() sets the ports of a following fragment.
  Next AfterCapture(DecodedPacket* packet);
  Next AfterCollector(const std::string* interface, DecodedPacket* packet);
  Next AfterOwner(const std::string* interface, const DecodedPacket& packet);
  // Puts the packet into the inbox of `next.worker`. Returns false if the inbox is full.
  bool Push(Next next, const DecodedPacket& packet, const std::string* interface);
  // Wakes the workers to which Push() gave packets.
  void WakeOthers();
  uint32_t PlaceOf(const std::string* interface);

  HandoverGroup& group_;
  const size_t self_;
  const OwnerFunction owners_;
  PacketInbox& inbox_;
  InterfaceRegistry& interfaces_;
  FragmentCache fragments_;
  const std::unique_ptr<ViewRoutes> routes_;  // null with count_views
  std::vector<bool> to_wake_;                 // indexed by worker
  bool wakes_any_ = false;
  // The place in this worker's registry of each interface on which other workers captured.
  absl::flat_hash_map<const std::string*, uint32_t> places_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_HANDOVER_H_
