// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fingerprint_table.h"

#include "src/base/check.h"
#include "src/base/split_mix.h"

namespace tcpgauge {
namespace {

bool IsSameSegment(const Fingerprint& a, const Fingerprint& b) {
  return a.kind == b.kind && a.sequence_number == b.sequence_number &&
         (a.shape == b.shape || a.shape == Fingerprint::kAnyShape || b.shape == Fingerprint::kAnyShape);
}

// The time between two fingerprints, in either order.
uint32_t Distance(uint32_t a, uint32_t b) {
  const uint32_t difference = a - b;
  return difference < 1u << 31 ? difference : 0 - difference;
}

uint32_t WindowOf(Fingerprint::Kind kind) {
  return FingerprintTable::TimeOf(kind == Fingerprint::Kind::kMidstream ? FingerprintTable::kMidstreamWindowNs
                                                                        : FingerprintTable::kSynWindowNs);
}

}  // namespace

FingerprintTable::FingerprintTable(uint32_t capacity, uint64_t seed)
    : bucket_count_(capacity / kWays),
      seed_(SplitMix(seed ^ 0x66696e6765727072).Next()),
      multiplier_(SplitMix(seed ^ 0x6d756c7469706c79).Next() | 1),
      buckets_(capacity / kWays) {
  TCPGAUGE_CHECK(bucket_count_ > 0);
}

uint64_t FingerprintTable::MemoryBytes(uint32_t capacity) { return uint64_t{capacity / kWays} * sizeof(Bucket); }

void FingerprintTable::Add(const Fingerprint& fingerprint) {
  // A SYN without a copy so far is replaced last, because its first copy may be still to come.
  const auto awaits_copy = [](const Fingerprint& place) {
    return place.kind == Fingerprint::Kind::kSyn && !place.was_found;
  };
  const auto goes_before = [&](const Fingerprint& a, const Fingerprint& b) {
    if (awaits_copy(a) != awaits_copy(b)) return awaits_copy(b);
    return fingerprint.time - a.time > fingerprint.time - b.time;
  };
  Bucket& bucket = buckets_[BucketOf(fingerprint.sequence_number)];
  Fingerprint* victim = &bucket.places[0];
  for (Fingerprint& place : bucket.places) {
    if (place.kind == Fingerprint::Kind::kNone ||
        (IsSameSegment(place, fingerprint) && place.key_hash == fingerprint.key_hash)) {
      place = fingerprint;
      return;
    }
    if (goes_before(place, *victim)) victim = &place;
  }
  if (awaits_copy(*victim) && Distance(fingerprint.time, victim->time) <= WindowOf(Fingerprint::Kind::kSyn)) {
    ++overflows_;
  }
  *victim = fingerprint;
}

const Fingerprint* FingerprintTable::FindCopy(const Fingerprint& segment) {
  for (Fingerprint& place : buckets_[BucketOf(segment.sequence_number)].places) {
    if (IsSameSegment(place, segment) && place.stretch.DiffersFrom(segment.stretch) &&
        Distance(place.time, segment.time) <= WindowOf(segment.kind)) {
      place.was_found = true;
      return &place;
    }
  }
  return nullptr;
}

const Fingerprint* FingerprintTable::FindAnsweredSyn(uint32_t sequence_number, const Fingerprint& answer) const {
  const Fingerprint* found = nullptr;
  for (const Fingerprint& place : buckets_[BucketOf(sequence_number)].places) {
    const bool is_syn = place.kind == Fingerprint::Kind::kSyn || place.kind == Fingerprint::Kind::kSynCopy;
    if (!is_syn || place.sequence_number != sequence_number || !place.stretch.DiffersFrom(answer.stretch)) continue;
    if (place.path_hash == answer.path_hash) return &place;
    if (Distance(place.time, answer.time) <= WindowOf(Fingerprint::Kind::kSyn)) found = &place;
  }
  return found;
}

}  // namespace tcpgauge
