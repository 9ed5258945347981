// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FINGERPRINT_TABLE_H_
#define TCPGAUGE_SRC_FLOW_FINGERPRINT_TABLE_H_

#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"
#include "src/base/time_units.h"
#include "src/flow/stretch.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// What a segment has in common with its copies on other stretches, and where the segment was seen.
struct Fingerprint {
  enum class Kind : uint8_t {
    kNone,  // a free place
    kSyn,
    kSynCopy,  // the SYN of a provisional view; `key_hash` is that of the connection which the view may belong to
    kSynAck,
    kMidstream,
  };

  static constexpr uint32_t kAnyShape = 0;  // the shape is not known, and equals every shape

  uint32_t sequence_number;
  uint32_t shape;      // SynShape() or SegmentShape(), or kAnyShape
  uint32_t key_hash;   // the index's hash of the segment's key
  uint32_t path_hash;  // a hash of the segment's addresses and ports, the same for both directions
  uint32_t time;       // from FingerprintTable::TimeOf()
  Stretch stretch;
  Kind kind;
  End sender;      // the end of the segment's key that sent the segment
  bool was_found;  // a copy was found
};
static_assert(sizeof(Fingerprint) == 32, "half a cache line");

// Remembers segments that may be captured again on another stretch: SYNs, SYN-ACKs, and segments of connections that
// began midstream.
//
// Design. The sequence number of a segment chooses a bucket, and a bucket has kWays places. So each operation touches
// one bucket, and a flood of SYNs cannot make it slower. A new fingerprint replaces the oldest one of its bucket.
//
// Thread: confined to its connection table.
// Time: table time. Fingerprints keep it in units of 2^20 ns (about a millisecond), modulo 2^32 (52 days).
// Bounds: `capacity` fingerprints. overflows() counts the SYNs that were replaced within kSynWindowNs, and before a
// copy was found.
class FingerprintTable {
 public:
  // Copies of a handshake segment on two stretches are at most this far apart, whichever was read first.
  static constexpr int64_t kSynWindowNs = kNanosecondsPerSecond;
  // The same for other segments.
  static constexpr int64_t kMidstreamWindowNs = 100 * kNanosecondsPerMillisecond;

  // `seed` makes the choice of buckets unpredictable. REQUIRES: capacity >= kWays.
  FingerprintTable(uint32_t capacity, uint64_t seed);

  // Returns the memory that a table with this capacity takes.
  static uint64_t MemoryBytes(uint32_t capacity);
  static uint32_t TimeOf(int64_t time_ns) { return static_cast<uint32_t>(time_ns >> 20); }

  // Prefetches what the next three functions use for this sequence number.
  void Prefetch(uint32_t sequence_number) const {
    const Bucket& bucket = buckets_[BucketOf(sequence_number)];
    FetchAhead(&bucket.places[0]);
    FetchAhead(&bucket.places[kWays / 2]);
  }

  // Remembers `fingerprint`. Replaces an older one of the same kind, segment and key.
  void Add(const Fingerprint& fingerprint);
  // Returns the fingerprint of a copy of the same segment that was seen on another stretch within the window of its
  // kind, or null. The pointer is valid until the next Add().
  const Fingerprint* FindCopy(const Fingerprint& segment);
  // Returns the fingerprint of a SYN with this sequence number, or of a copy of such a SYN, that was seen on another
  // stretch than its answer `answer`. It has the addresses and ports of the answer, or it was seen within kSynWindowNs
  // of the answer. Otherwise returns null. The pointer is valid until the next Add().
  const Fingerprint* FindAnsweredSyn(uint32_t sequence_number, const Fingerprint& answer) const;

  uint64_t overflows() const { return overflows_; }

 private:
  static constexpr int kWays = 4;
  struct alignas(64) Bucket {
    Fingerprint places[kWays];
  };

  uint32_t BucketOf(uint32_t sequence_number) const {
    const uint32_t mixed = static_cast<uint32_t>(((sequence_number ^ seed_) * multiplier_) >> 32);
    return static_cast<uint32_t>(uint64_t{mixed} * bucket_count_ >> 32);
  }

  const uint32_t bucket_count_;
  const uint64_t seed_;
  const uint64_t multiplier_;
  StableArray<Bucket> buckets_;
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FINGERPRINT_TABLE_H_
