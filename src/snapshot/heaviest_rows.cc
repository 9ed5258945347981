// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/heaviest_rows.h"

namespace tcpgauge {
namespace {

// The bucket of a weight: a heavier connection is never in a lower bucket than a lighter one.
size_t Bucket(uint64_t weight) {
  if (weight < 4) return static_cast<size_t>(weight);
  const int log2 = 63 - __builtin_clzll(weight);
  return static_cast<size_t>(log2) * 4 + (weight >> (log2 - 2) & 3);
}

}  // namespace

void HeaviestRows::Clear() {
  heads_.fill(kNone);
  next_.clear();
  // Growth would copy all rows. Reserving costs only address space until rows are taken.
  next_.reserve(max_rows_);
  lightest_ = 0;
}

uint32_t HeaviestRows::AssignRow(uint64_t weight) {
  const size_t bucket = Bucket(weight);
  if (next_.size() < max_rows_) {
    const uint32_t row = static_cast<uint32_t>(next_.size());
    next_.push_back(kNone);
    Push(bucket, row);
    return row;
  }
  while (lightest_ < kBuckets && heads_[lightest_] == kNone) ++lightest_;
  if (bucket <= lightest_) return kNone;
  const uint32_t row = heads_[lightest_];
  heads_[lightest_] = next_[row];
  Push(bucket, row);
  return row;
}

void HeaviestRows::Push(size_t bucket, uint32_t row) {
  next_[row] = heads_[bucket];
  heads_[bucket] = row;
}

}  // namespace tcpgauge
