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

// A remembered segment: what it has in common with its copies on other stretches, and where and when it was captured.
// All integers are in host order.
struct Fingerprint {
  enum class Kind : uint8_t {
    kNone,     // a free place
    kSyn,      // the SYN of a connection
    kSynCopy,  // the SYN of a provisional view (see ConnectionTable)
    kSynAck,
    kMidstream,  // any other segment, of a connection whose SYN was not captured
  };

  static constexpr uint32_t kAnyShape = 0;  // for a SYN of which only the number is known; equals every shape

  uint32_t sequence_number;
  uint32_t shape;  // SynShape() for kSyn and kSynCopy, or kAnyShape; SegmentShape() for other kinds
  // The hash in ConnectionIndex of the segment's key. For kSynCopy: that of the connection that the view may belong to.
  uint32_t key_hash;
  uint32_t path_hash;  // a hash of the segment's addresses and ports alone; the same for both directions
  uint32_t time;       // from FingerprintTable::TimeOf()
  Stretch stretch;
  Kind kind;
  End sender;      // the end of the segment's key that sent the segment
  bool was_found;  // a copy was found
};
static_assert(sizeof(Fingerprint) == 32, "half a cache line");

// A hash table of segments that may be captured again on another stretch: SYNs, SYN-ACKs, and the first segments of
// connections whose SYN was not captured.
//
// Design. The numbers of a segment choose a bucket of kWays places, which are sorted from the newest fingerprint to the
// oldest. So each operation touches one bucket, and a flood of SYNs cannot make it slower. When a bucket is full, a new
// fingerprint replaces the oldest one of the first of these groups that is not empty: (1) kinds other than kSyn, (2)
// kSyn of which a copy was found, (3) kSyn of which no copy was found.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable). Fingerprints keep it in units of 2^20 ns (about a millisecond), modulo 2^32
// units (52 days).
// Bounds: `capacity` fingerprints, rounded down to a multiple of kWays. overflows() counts the fingerprints of kind
// kSyn that were replaced within kSynWindowNs and before a copy was found: their copies may be missed.
class FingerprintTable {
 public:
  // The window of the kinds kSyn, kSynCopy and kSynAck: two segments are copies only if they were captured at most this
  // far apart. Either of the two may be the one that is handled first.
  static constexpr int64_t kSynWindowNs = kNanosecondsPerSecond;
  // The window of the kind kMidstream.
  static constexpr int64_t kMidstreamWindowNs = 100 * kNanosecondsPerMillisecond;

  // `seed` makes the choice of buckets unpredictable. REQUIRES: capacity >= kWays (4).
  FingerprintTable(uint32_t capacity, uint64_t seed);

  // Returns the memory that a table with this capacity takes.
  static uint64_t MemoryBytes(uint32_t capacity);
  // Converts table time in nanoseconds to the unit of Fingerprint::time.
  static uint32_t TimeOf(int64_t time_ns) { return static_cast<uint32_t>(time_ns >> 20); }

  // Prefetches the bucket of SYNs and SYN-ACKs with this sequence number, for the next three functions.
  void Prefetch(uint32_t sequence_number) const {
    const Bucket& bucket = buckets_[BucketOf(sequence_number)];
    FetchAhead(&bucket.places[0]);
    FetchAhead(&bucket.places[kWays / 2]);
  }

  // Remembers `fingerprint`. If the table has the same segment under the same `key_hash`, replaces that fingerprint.
  // Two segments are the same if kind, sequence number and shape are equal. kAnyShape equals every shape.
  void Add(const Fingerprint& fingerprint);
  // Returns the newest fingerprint of the same segment (see Add()) that was captured under another key, on another
  // stretch, and within the window of its kind (see kSynWindowNs). If there is none, returns null. The pointer is valid
  // until the next Add(). Notes that a copy was found.
  const Fingerprint* FindCopy(const Fingerprint& segment);
  // Returns the fingerprint of the SYN that `answer` answers: kSyn or kSynCopy, with this sequence number, under
  // another key and from another stretch than those of `answer`. Of `answer`, only `stretch`, `key_hash`, `path_hash`
  // and `time` are used.
  // - Prefers the newest SYN with the addresses and ports of `answer`, however long ago it came.
  // - Otherwise returns the newest SYN that was captured within kSynWindowNs of `answer`, before or after it.
  // - Otherwise returns null.
  // The pointer is valid until the next Add().
  const Fingerprint* FindAnsweredSyn(uint32_t sequence_number, const Fingerprint& answer) const;

  uint64_t overflows() const { return overflows_; }
  // How many fingerprints were replaced within the window of their kind. Most of them were not needed any more.
  uint64_t replaced_early() const { return replaced_early_; }

 private:
  static constexpr int kWays = 4;
  struct alignas(64) Bucket {
    Fingerprint places[kWays];
  };

  uint32_t BucketOf(uint32_t number) const {
    const uint32_t mixed = static_cast<uint32_t>(((number ^ seed_) * multiplier_) >> 32);
    return static_cast<uint32_t>(uint64_t{mixed} * bucket_count_ >> 32);
  }
  // SYNs are looked up by their sequence number alone. For segments of connections that began midstream, the shape
  // counts too: all acknowledgments of a download have the same sequence number, and must not share a bucket.
  uint32_t BucketOf(const Fingerprint& fingerprint) const {
    const bool is_midstream = fingerprint.kind == Fingerprint::Kind::kMidstream;
    return BucketOf(is_midstream ? fingerprint.sequence_number ^ fingerprint.shape : fingerprint.sequence_number);
  }

  const uint32_t bucket_count_;
  const uint64_t seed_;
  const uint64_t multiplier_;
  StableArray<Bucket> buckets_;
  uint64_t overflows_ = 0;
  uint64_t replaced_early_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FINGERPRINT_TABLE_H_
