// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_VIEW_ROUTES_H_
#define TCPGAUGE_SRC_CAPTURE_VIEW_ROUTES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/hash/hash.h"
#include "src/base/stable_array.h"
#include "src/capture/shared_handshakes.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_table.h"
#include "src/flow/key_hasher.h"
#include "src/net/connection_key.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// The routes of one worker. A route is for a 4-tuple that this worker owns, and leads to the worker whose table has the
// connection. OwnerFunction gives each 4-tuple to one worker, its owner. A connection whose addresses are translated on
// their way has several 4-tuples, which may have different owners. The owner that reads a handshake packet of the
// connection first has the connection. The owner of each other 4-tuple makes a route from that 4-tuple to the worker
// that has the connection. (When a file is read, the reader's thread has a single object with the routes of all
// owners.)
//
// - Only handshake packets make a route: SYNs and SYN-ACKs, by SharedHandshakes. So a connection that is older than the
//   agent has no route, and the owner of each of its 4-tuples counts the view with that 4-tuple.
// - For each 4-tuple, the first handshake packet of a connection asks SharedHandshakes. The connection's later
//   handshake packets on this 4-tuple, and copies of the first one on other stretches, do not ask again. Otherwise a
//   part of the connection could be in each of two tables. To recognise such packets, the routes remember up to
//   kDecided handshakes. The packets of a handshake that was forgotten ask again.
// - A route stays for a while when its connection has ended (see Bounds), because the next connection on the 4-tuple is
//   likely to be translated in the same way. A later SYN changes or removes the route if SharedHandshakes names another
//   worker for it.
// - A route is for a 4-tuple in all encapsulations. The packets of the two directions, and the copies inside and
//   outside a tunnel, must go to one worker.
//
// Design. As long as there is no route, a packet without a SYN costs one comparison. Once there are routes, it costs
// one cache line: a bucket of 8 places, selected by a seeded hash of the 4-tuple. A place holds 32 further bits of the
// hash instead of the 4-tuple. A wrong match is therefore possible, for one in 500 million 4-tuples. It does no harm:
// the worker at the end of the route counts the connection.
//
// Thread: confined to the owner's thread.
// Time: packet time. The latest packet time so far is the present.
// Bounds: max_connections / workers places, at least kLeastCapacity, rounded up to a power of two. A route that has not
// been used for the time-out of its connection has expired: idle_timeout_ns, 60 s after RST or both FINs, 127 s when
// only handshake packets were seen. These times are rounded up by at most 18 s. Each handshake packet removes the
// expired routes of one further bucket. When all places of a bucket are taken, the route that was unused for the
// longest time is forgotten, and counted. Its connection may then be counted twice.
class ViewRoutes {
 public:
  static constexpr size_t kLeastCapacity = 1024;
  static constexpr int64_t kClosedTimeoutNs = ConnectionTable::kClosingTimeoutNs;

  // `table` has the options for all workers together. `handshakes` must outlive the routes.
  ViewRoutes(const TableOptions& table, size_t workers, SharedHandshakes* handshakes);

  // Whether there is no route. If false, the routes may all have expired.
  bool empty() const { return count_ == 0; }
  // Whether the packet is a SYN or a SYN-ACK, without FIN and RST. Such packets are for BeginAt(), and all others for
  // FindWorker().
  static bool IsHandshake(const DecodedPacket& packet) {
    return (packet.tcp_flags & (kTcpSyn | kTcpFin | kTcpRst)) == kTcpSyn &&
           packet.kind == DecodedPacket::Kind::kTcpSegment;
  }
  // Returns the stretch on which a packet was captured. `interface` identifies the packet's interface. All workers that
  // share SharedHandshakes must use the same identifiers, of a type that absl::Hash accepts.
  template <typename Interface>
  static StretchDigest StretchOf(const Interface& interface, const DecodedPacket& packet) {
    const size_t hash =
        packet.encapsulation.empty() ? absl::HashOf(interface) : absl::HashOf(interface, packet.encapsulation);
    return {static_cast<uint16_t>(hash), packet.direction};
  }

  // Prefetches the cache lines that FindWorker() or BeginAt() needs for the packet. Call it for several packets before
  // the first of them is handled, so that the waits for memory overlap.
  void Prefetch(const DecodedPacket& packet) const {
    if (!empty()) __builtin_prefetch(&BucketOf(KeyOf(packet).hash));
    if (IsHandshake(packet)) handshakes_.Prefetch(ClientNumberOf(packet));
  }
  // Returns the worker for a packet that is not a handshake packet: `owner` if the 4-tuple has no route. Notes the use
  // of the route. REQUIRES: !IsHandshake(packet), and a following fragment has the ports of its datagram.
  size_t FindWorker(const DecodedPacket& packet, size_t owner);
  // Returns the worker for a handshake packet, and for the later packets of its 4-tuple. Makes, changes or removes the
  // route of the 4-tuple. `owner` is the owner of the 4-tuple. REQUIRES: IsHandshake(segment).
  size_t BeginAt(const StretchDigest& stretch, const DecodedPacket& segment, size_t owner);

  // How many routes were forgotten before they expired, because their bucket had no room. Never falls.
  uint64_t lost_routes() const { return lost_routes_; }
  // How often these routes replaced an entry of SharedHandshakes that was still needed, or gave up entering one. Never
  // falls.
  uint64_t lost_handshakes() const { return lost_handshakes_; }

  // Returns the most memory that the routes of one worker take.
  static uint64_t MemoryBytes(const TableOptions& table, size_t workers);

 private:
  // What the connection of a route has come to. Decides the time-out of the route.
  enum Phase : uint16_t { kOpening, kOpen, kFinOfA, kFinOfB, kClosed, kReset };
  struct Route {
    uint32_t tag;     // bits of the key's hash that did not select the bucket
    uint16_t worker;  // 1 + its index; 0: the place is free
    // When the last packet came, in units of 2^33 ns (8.6 s), modulo 2^13 units (19.5 hours). With a longer idle
    // time-out, a route does not expire.
    uint16_t used : 13;
    uint16_t phase : 3;
  };
  static constexpr size_t kBucketRoutes = 8;
  struct alignas(64) Bucket {
    std::array<Route, kBucketRoutes> routes;
  };
  static_assert(sizeof(Bucket) == 64, "a bucket is one cache line");
  static constexpr size_t kDecided = 8192;

  struct Key {
    uint64_t hash;
    End sender;
  };
  Key KeyOf(const DecodedPacket& packet) const;
  static uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  // The client's initial sequence number. REQUIRES: IsHandshake(segment).
  static uint32_t ClientNumberOf(const DecodedPacket& segment) {
    return segment.tcp_flags & kTcpAck ? segment.acknowledgment_number - 1 : segment.sequence_number;
  }
  const Bucket& BucketOf(uint64_t hash) const { return buckets_[hash & bucket_mask_]; }
  Bucket& BucketOf(uint64_t hash) { return buckets_[hash & bucket_mask_]; }
  void NoteTime(int64_t time_ns);
  uint16_t AgeOf(const Route& route) const;
  bool HasExpired(const Route& route) const;
  // Returns the route of the key, or null.
  Route* Find(uint64_t hash);
  void Set(uint64_t hash, size_t worker);
  void Forget(Route* route);
  // Forgets the routes of the bucket that have expired.
  void Sweep(Bucket* bucket);
  static uint16_t NextPhase(const Route& route, uint8_t flags, End sender);

  const KeyHasher hasher_;
  SharedHandshakes& handshakes_;
  const size_t bucket_mask_;
  const uint64_t idle_timeout_;  // in the units of Route::used
  StableArray<Bucket> buckets_;
  size_t count_ = 0;          // routes, those that have expired unnoticed included
  size_t next_to_sweep_ = 0;  // a bucket
  uint64_t now_ = 0;          // the latest packet time, in the units of Route::used
  uint64_t lost_routes_ = 0;
  uint64_t lost_handshakes_ = 0;
  // Digests of 4-tuple and client's number of the handshakes that were read last, by bits of the key's hash.
  std::array<uint32_t, kDecided> decided_{};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_VIEW_ROUTES_H_
