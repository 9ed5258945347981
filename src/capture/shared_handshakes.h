// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_SHARED_HANDSHAKES_H_
#define TCPGAUGE_SRC_CAPTURE_SHARED_HANDSHAKES_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "src/base/split_mix.h"
#include "src/base/stable_array.h"
#include "src/base/time_units.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// A Stretch in a form that all workers share. Each worker has its own numbers for interfaces and encapsulations, so a
// hash stands for them. A plain value.
struct StretchDigest {
  uint16_t place = 0;  // a hash of interface and encapsulation
  PacketDirection direction = PacketDirection::kUnknown;
};

// A table of recent handshakes: it tells which worker has a connection, by the client's initial sequence number. All
// workers share the table. A translation of addresses gives a connection another 4-tuple, and so perhaps another owner,
// but keeps this number. A worker that reads the handshake in another view finds here which worker has the connection.
//
// The table compares a hash of this number alone. A SYN has the number as its sequence number, and a SYN-ACK has it as
// its acknowledgment number less one. Two connections may have the same number by chance. Both then go to one worker,
// which tells them apart. So a chance hit changes where a connection is counted, but not how it is counted.
//
// Design. The number's hash selects one of kCapacity / 8 rings of 8 entries. A ring is one cache line, and each entry
// is one atomic word. Entries are written in the order of the ring, and each entry holds how often the ring has gone
// round. So a worker that has read a ring knows whether all the entries that it saw existed at one moment, and a
// compare-and-swap of the next entry succeeds only if no entry was written meanwhile. Therefore two workers that enter
// a number at the same time agree on which of them was first. They would not agree if entries were replaced in any
// order. A lock would make workers wait. The oldest entry of a full ring is replaced, so a flood of SYNs shortens how
// long an entry stays.
//
// Thread: any.
// Time: packet time. An entry is found by handshakes up to kLifetimeNs before and after its time. Times are kept modulo
// 275 s, so an entry is found again when its age is within kLifetimeNs of a multiple of 275 s. Like a chance hit, this
// changes only where a connection is counted.
// Bounds: kCapacity entries; constant time. The hash is seeded, so that nobody can aim at a ring.
class SharedHandshakes {
 public:
  static constexpr size_t kCapacity = 65536;
  static constexpr size_t kMaxWorkers = 127;
  // Linux repeats the SYN of an attempt for this long (with the default tcp_syn_retries, see tcp(7)). So a view that
  // shows only a later SYN still finds the entry of the first SYN.
  static constexpr int64_t kLifetimeNs = 127 * kNanosecondsPerSecond;
  // The copies of a SYN on other stretches come within this time. If an entry is replaced earlier, the copies may not
  // find it.
  static constexpr int64_t kNeededNs = kNanosecondsPerSecond;

  // A SYN or a SYN-ACK.
  struct Handshake {
    uint32_t client_number = 0;  // the client's initial sequence number
    bool is_syn_ack = false;
    StretchDigest stretch;
    int64_t time_ns = 0;
  };
  // What FindOrEnter() returns.
  struct Holder {
    size_t worker = 0;
    // Whether the entry that was found is of the same stretch as the handshake: of the same place, and of the same
    // direction. For a SYN and a SYN-ACK, the opposite direction counts as the same. An unknown direction equals each
    // direction. No stretch shows two views of one connection. So an entry of the same stretch, but of another 4-tuple,
    // is of another connection.
    bool is_same_stretch = false;
    // Whether the new entry replaced one that was younger than kNeededNs, or FindOrEnter() gave up.
    bool has_replaced_needed = false;
  };

  // `seed` should be random. REQUIRES: workers <= kMaxWorkers.
  SharedHandshakes(uint64_t seed, size_t workers);

  // Returns the worker that has entered the number. If no worker has, enters `worker` and returns it. `worker` is an
  // index below `workers`. If other workers keep changing the ring, gives up after a few attempts, and returns `worker`
  // with has_replaced_needed set.
  Holder FindOrEnter(const Handshake& handshake, size_t worker);

  // Fetches the cache line that FindOrEnter() will need for the number.
  void Prefetch(uint32_t client_number) const { __builtin_prefetch(&rings_[HashOf(client_number) % kRings], 1); }

  static constexpr uint64_t MemoryBytes() { return kCapacity * sizeof(uint64_t); }

 private:
  static constexpr size_t kRingEntries = 8;
  static constexpr size_t kRings = kCapacity / kRingEntries;
  struct alignas(64) Ring {
    std::array<std::atomic<uint64_t>, kRingEntries> words;  // see Entry in the .cc file; 0: never written
  };

  uint64_t HashOf(uint32_t client_number) const { return SplitMix(seed_ + client_number).Next(); }

  const uint64_t seed_;
  StableArray<Ring> rings_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_SHARED_HANDSHAKES_H_
