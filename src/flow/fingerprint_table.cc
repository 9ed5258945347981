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

// Whether the two are fingerprints of the same segment under the same key.
bool IsSame(const Fingerprint& a, const Fingerprint& b) { return IsSameSegment(a, b) && a.key_hash == b.key_hash; }

// The time between two fingerprints, in either order.
uint32_t Distance(uint32_t a, uint32_t b) {
  const uint32_t difference = a - b;
  return difference < 1u << 31 ? difference : 0 - difference;
}

uint32_t WindowOf(Fingerprint::Kind kind) {
  return FingerprintTable::TimeOf(kind == Fingerprint::Kind::kMidstream ? FingerprintTable::kMidstreamWindowNs
                                                                        : FingerprintTable::kSynWindowNs);
}

// For what a fingerprint may still be needed. The greater, the later it is replaced.
enum class Need { kOtherSegments, kFurtherCopies, kFirstCopy };
Need NeedOf(const Fingerprint& fingerprint) {
  if (fingerprint.kind != Fingerprint::Kind::kSyn) return Need::kOtherSegments;
  return fingerprint.was_found ? Need::kFurtherCopies : Need::kFirstCopy;
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
  Fingerprint* const places = buckets_[BucketOf(fingerprint)].places;
  int replaced = 0;
  while (replaced < kWays && places[replaced].kind != Fingerprint::Kind::kNone &&
         !IsSame(places[replaced], fingerprint)) {
    ++replaced;
  }
  if (replaced == kWays) {
    replaced = kWays - 1;
    for (int i = kWays - 1; i >= 0; --i) {
      if (NeedOf(places[i]) < NeedOf(places[replaced])) replaced = i;
    }
    const Fingerprint& gone = places[replaced];
    if (Distance(fingerprint.time, gone.time) <= WindowOf(gone.kind)) {
      ++replaced_early_;
      if (NeedOf(gone) == Need::kFirstCopy) ++overflows_;
    }
  }
  std::copy_backward(places, places + replaced, places + replaced + 1);
  places[0] = fingerprint;
}

const Fingerprint* FingerprintTable::FindCopy(const Fingerprint& segment) {
  for (Fingerprint& place : buckets_[BucketOf(segment)].places) {
    if (IsSameSegment(place, segment) && place.key_hash != segment.key_hash &&
        place.stretch.DiffersFrom(segment.stretch) && Distance(place.time, segment.time) <= WindowOf(segment.kind)) {
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
    if (place.kind == Fingerprint::Kind::kSyn && place.key_hash == answer.key_hash) continue;
    if (place.path_hash == answer.path_hash) return &place;
    const bool is_recent = Distance(place.time, answer.time) <= WindowOf(Fingerprint::Kind::kSyn);
    if (found == nullptr && is_recent) found = &place;
  }
  return found;
}

}  // namespace tcpgauge
