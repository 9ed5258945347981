// SPDX-License-Identifier: Apache-2.0
#include "src/capture/view_routes.h"

#include <algorithm>

#include "absl/numeric/bits.h"

namespace tcpgauge {
namespace {

constexpr int kTimeShift = 33;
constexpr uint64_t kTimeModulus = uint64_t{1} << 13;

// Rounds up, so that no route ends before its connection.
constexpr uint64_t Units(int64_t duration_ns) { return (static_cast<uint64_t>(duration_ns) >> kTimeShift) + 1; }

// The power of two leaves room: of W workers with full tables, each with connections of two views, one needs routes for
// (W - 1) / W of max_connections / W.
size_t Capacity(const TableOptions& table, size_t workers) {
  return absl::bit_ceil(std::max<size_t>(table.max_connections / workers, ViewRoutes::kLeastCapacity));
}

}  // namespace

ViewRoutes::ViewRoutes(const TableOptions& table, size_t workers, SharedHandshakes* handshakes)
    : hasher_(table.hash_seed),
      handshakes_(*handshakes),
      bucket_mask_(Capacity(table, workers) / kBucketRoutes - 1),
      idle_timeout_(Units(table.idle_timeout_ns)),
      buckets_(bucket_mask_ + 1) {}

uint64_t ViewRoutes::MemoryBytes(const TableOptions& table, size_t workers) {
  return sizeof(ViewRoutes) + Capacity(table, workers) * sizeof(Route);
}

size_t ViewRoutes::FindWorker(const DecodedPacket& packet, size_t owner) {
  if (empty()) return owner;
  NoteTime(packet.time_ns);
  const Key key = KeyOf(packet);
  Route* const route = Find(key.hash);
  if (route == nullptr) return owner;
  const bool has_flags = packet.kind == DecodedPacket::Kind::kTcpSegment;
  route->phase = NextPhase(*route, has_flags ? packet.tcp_flags : uint8_t{kTcpAck}, key.sender);
  route->used = now_ % kTimeModulus;
  return route->worker - size_t{1};
}

size_t ViewRoutes::BeginAt(const StretchDigest& stretch, const DecodedPacket& segment, size_t owner) {
  NoteTime(segment.time_ns);
  const Key key = KeyOf(segment);
  Route* route = nullptr;
  if (!empty()) {
    Sweep(&buckets_[next_to_sweep_++ & bucket_mask_]);
    route = Find(key.hash);
  }
  SharedHandshakes::Handshake handshake;
  handshake.is_syn_ack = (segment.tcp_flags & kTcpAck) != 0;
  handshake.client_number = ClientNumberOf(segment);
  handshake.stretch = stretch;
  handshake.time_ns = segment.time_ns;
  size_t holder = route == nullptr ? owner : route->worker - size_t{1};
  uint32_t& decided = decided_[key.hash % kDecided];
  const uint32_t digest = TagOf(key.hash) + handshake.client_number;
  if (decided != digest) {
    decided = digest;
    const SharedHandshakes::Holder found = handshakes_.FindOrEnter(handshake, holder);
    if (found.has_replaced_needed) ++lost_handshakes_;
    if (found.worker != holder && !found.is_same_stretch) {
      holder = found.worker;
      if (holder != owner) {
        Set(key.hash, holder);
      } else {
        Forget(route);
      }
      return holder;
    }
  }
  if (route != nullptr) {
    if (route->phase >= kClosed) route->phase = kOpening;
    route->used = now_ % kTimeModulus;
  }
  return holder;
}

ViewRoutes::Key ViewRoutes::KeyOf(const DecodedPacket& packet) const {
  Key key;
  key.hash = hasher_.HashOf(ConnectionKey::Of(packet.source, packet.destination, /*encapsulation=*/0, &key.sender));
  return key;
}

void ViewRoutes::NoteTime(int64_t time_ns) { now_ = std::max(now_, static_cast<uint64_t>(time_ns) >> kTimeShift); }

uint16_t ViewRoutes::AgeOf(const Route& route) const {
  return static_cast<uint16_t>((now_ - route.used) % kTimeModulus);
}

bool ViewRoutes::HasExpired(const Route& route) const {
  switch (route.phase) {
    case kOpening:
      return AgeOf(route) > Units(ConnectionTable::kLongestHandshakeTimeoutNs);
    case kClosed:
    case kReset:
      return AgeOf(route) > Units(kClosedTimeoutNs);
    default:
      return AgeOf(route) > idle_timeout_;
  }
}

ViewRoutes::Route* ViewRoutes::Find(uint64_t hash) {
  const uint32_t tag = TagOf(hash);
  for (Route& route : BucketOf(hash).routes) {
    if (route.tag == tag && route.worker != 0) return HasExpired(route) ? nullptr : &route;
  }
  return nullptr;
}

void ViewRoutes::Set(uint64_t hash, size_t worker) {
  const uint32_t tag = TagOf(hash);
  std::array<Route, kBucketRoutes>& routes = BucketOf(hash).routes;
  Route* place = nullptr;  // the route's own place; otherwise a free one; otherwise that of the longest unused route
  for (Route& route : routes) {
    if (route.tag == tag && route.worker != 0) {
      place = &route;
      break;
    }
  }
  if (place == nullptr) {
    Sweep(&BucketOf(hash));
    place = &routes[0];
    for (Route& route : routes) {
      if (place->worker == 0) break;
      if (route.worker == 0 || AgeOf(route) > AgeOf(*place)) place = &route;
    }
    ++(place->worker == 0 ? count_ : lost_routes_);
  }
  place->tag = tag;
  place->worker = static_cast<uint16_t>(worker + 1);
  place->used = now_ % kTimeModulus;
  place->phase = kOpening;
}

void ViewRoutes::Forget(Route* route) {
  route->worker = 0;
  --count_;
}

void ViewRoutes::Sweep(Bucket* bucket) {
  for (Route& route : bucket->routes) {
    if (route.worker != 0 && HasExpired(route)) Forget(&route);
  }
}

uint16_t ViewRoutes::NextPhase(const Route& route, uint8_t flags, End sender) {
  const Phase phase = static_cast<Phase>(route.phase);
  if (flags & kTcpRst) return kReset;
  if (flags & kTcpFin) {
    const Phase mine = sender == End::kA ? kFinOfA : kFinOfB;
    const Phase others = sender == End::kA ? kFinOfB : kFinOfA;
    return phase == others || phase == kClosed ? kClosed : mine;
  }
  // A RST may be forged. If the connection goes on, so does its route.
  return phase == kOpening || phase == kReset ? kOpen : phase;
}

}  // namespace tcpgauge
