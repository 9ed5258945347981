// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIME_WAIT_TABLE_H_
#define TCPGAUGE_SRC_FLOW_TIME_WAIT_TABLE_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/base/time_units.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A small memory of confirmed connections that had been closed or reset when they ended, or that ended with
// EndReason::kFin. It keeps their late segments from being taken for the beginning of another connection (see Late
// segments in ConnectionTable). A sender that gets no answer repeats its last segment for minutes, at gaps of up to two
// minutes. TCP itself waits in TIME-WAIT for the same reason (RFC 9293 section 3.6.1).
//
// A connection is known by a hash of its key. Two connections are confused when they fall into one set of places (see
// Bounds) and the upper halves of their hashes are equal.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: `capacity` connections, rounded up to a multiple of kWays. The hash selects a set of kWays places. If all of
// them are taken, a new connection replaces the connection that has been silent longest.
class TimeWaitTable {
 public:
  // A connection is remembered for this time after its last segment, late segments included, as long as no other
  // connection takes its place. The time is twice the maximum segment lifetime of RFC 9293 section 3.4.2.
  static constexpr int64_t kLifetimeNs = 240 * kNanosecondsPerSecond;

  explicit TimeWaitTable(uint32_t capacity);
  // The most memory that a table with this capacity takes.
  static uint64_t MemoryBytes(uint32_t capacity) { return uint64_t{SetsFor(capacity)} * sizeof(Set); }

  // Indexed by the End of the key: the sequence number of the end's SYN, or 0 if the SYN was not seen.
  using InitialSequences = std::array<uint32_t, 2>;

  // Remembers a connection whose last segment came at `time_ns`.
  void Add(uint64_t key_hash, const InitialSequences& initial_sequences, int64_t time_ns);

  // Returns the connection's sequence numbers; null if the connection is not remembered. A remembered connection stays
  // so for kLifetimeNs from `time_ns`. A later Add() invalidates the pointer.
  const InitialSequences* Find(uint64_t key_hash, int64_t time_ns);

 private:
  static constexpr size_t kWays = 4;
  struct Entry {
    uint32_t tag;           // the upper half of the hash
    uint32_t time_seconds;  // of the last segment, modulo 2^32; 0 = the entry is free
    InitialSequences initial_sequences;
  };
  struct alignas(64) Set {
    Entry entries[kWays];
  };
  static_assert(sizeof(Set) == 64, "one cache line");

  static uint32_t SetsFor(uint32_t capacity) { return (capacity + kWays - 1) / kWays; }
  Set& SetOf(uint64_t key_hash) { return sets_[(key_hash & UINT32_MAX) * set_count_ >> 32]; }

  const uint32_t set_count_;
  StableArray<Set> sets_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TIME_WAIT_TABLE_H_
