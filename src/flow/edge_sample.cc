// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_sample.h"

#include <utility>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr int kSampledForReplacement = 8;

}  // namespace

uint64_t EdgeSample::MemoryBytes(size_t capacity) {
  // The index is reserved for all slots, so its array is at least 7/16 full.
  return (1 + capacity) * (sizeof(Entry) + sizeof(double) + (sizeof(std::pair<EdgeKey, Slot>) + 1) * 16 / 7);
}

EdgeSample::EdgeSample(size_t capacity, uint64_t seed) : random_state_(seed | 1) {
  TCPGAUGE_CHECK(capacity >= 1 && capacity <= kMaxCapacity);
  entries_.resize(1 + capacity);
  weights_.resize(entries_.size());
  index_.reserve(entries_.size());
}

EdgeSample::Slot EdgeSample::Draw(double amount) {
  if (used_ < entries_.size()) return static_cast<Slot>(used_++);
  Slot lightest = kNone;
  for (int i = 0; i < kSampledForReplacement; ++i) {
    const Slot sampled = static_cast<Slot>(1 + (uint64_t{Random()} * (entries_.size() - 1) >> 32));
    if (entries_[sampled].is_pinned) continue;
    if (lightest == kNone || weights_[sampled] < weights_[lightest]) lightest = sampled;
  }
  if (lightest == kNone) return kNone;
  const double share = static_cast<double>(Random()) / 4294967296.0;
  return share < amount / (amount + weights_[lightest]) ? lightest : kNone;
}

void EdgeSample::Replace(Slot slot, const BoundEdge& edge) {
  Entry& entry = entries_[slot];
  if (entry.in_use) index_.erase(entry.key);
  entry = {edge.key, edge.bound, /*in_use=*/true, /*is_pinned=*/false};
  weights_[slot] = 0;
  index_.emplace(edge.key, slot);
}

void EdgeSample::Decay(double factor) {
  for (double& weight : weights_) weight *= factor;
}

uint32_t EdgeSample::Random() {
  random_state_ ^= random_state_ << 13;
  random_state_ ^= random_state_ >> 7;
  random_state_ ^= random_state_ << 17;
  return static_cast<uint32_t>(random_state_ >> 32);
}

}  // namespace tcpgauge
