// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fragment_cache.h"

namespace tcpgauge {

std::optional<FragmentCache::Path> FragmentCache::FindPath(const DecodedPacket& packet, int64_t time_ns) {
  const Datagram datagram = {packet.source.address, packet.destination.address, packet.fragment_id,
                             packet.encapsulation};
  if (packet.kind == DecodedPacket::Kind::kTcpSegment) {
    entries_[next_] = {datagram, packet.source.port, packet.destination.port, time_ns, true};
    next_ = (next_ + 1) % kCapacity;
    return Path{packet.source, packet.destination};
  }
  const Entry* first = Find(datagram, time_ns);
  if (first == nullptr) return std::nullopt;
  return Path{{packet.source.address, first->source_port}, {packet.destination.address, first->destination_port}};
}

const FragmentCache::Entry* FragmentCache::Find(const Datagram& datagram, int64_t time_ns) const {
  // Newest first: senders reuse identifications, and the fragments of a datagram follow each other closely.
  for (size_t age = 1; age <= kCapacity; ++age) {
    const Entry& entry = entries_[(next_ + kCapacity - age) % kCapacity];
    if (!entry.used) return nullptr;
    if (entry.datagram == datagram && time_ns - entry.time_ns <= kLifetimeNs) return &entry;
  }
  return nullptr;
}

}  // namespace tcpgauge
