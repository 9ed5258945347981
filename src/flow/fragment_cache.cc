// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fragment_cache.h"

namespace tcpgauge {

void FragmentCache::Insert(const Datagram& datagram, Ports ports, int64_t time_ns) {
  entries_[next_] = {datagram, ports, time_ns, true};
  next_ = (next_ + 1) % kCapacity;
}

std::optional<FragmentCache::Ports> FragmentCache::Find(const Datagram& datagram, int64_t time_ns) const {
  // Newest first: identifications are used again, and fragments follow each other closely.
  for (size_t age = 1; age <= kCapacity; ++age) {
    const Entry& entry = entries_[(next_ + kCapacity - age) % kCapacity];
    if (!entry.used) return std::nullopt;
    if (entry.datagram == datagram && time_ns - entry.time_ns <= kLifetimeNs) return entry.ports;
  }
  return std::nullopt;
}

}  // namespace tcpgauge
