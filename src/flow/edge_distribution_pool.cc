// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_distribution_pool.h"

#include "src/base/check.h"

namespace tcpgauge {

EdgeDistributionPool::EdgeDistributionPool(size_t slots, size_t capacity) : places_(slots, kNone) {
  TCPGAUGE_CHECK(capacity <= kMaxCapacity);
  distributions_.reserve(capacity);
  free_.reserve(capacity);
}

EdgeDistributions& EdgeDistributionPool::Of(size_t slot) {
  Place& place = places_[slot];
  if (place == kNone) {
    if (free_.empty()) {
      TCPGAUGE_CHECK(distributions_.size() < distributions_.capacity());
      distributions_.emplace_back();
      place = static_cast<Place>(distributions_.size());
    } else {
      place = free_.back();
      free_.pop_back();
    }
  }
  return distributions_[place - 1];
}

void EdgeDistributionPool::Release(size_t slot) {
  Place& place = places_[slot];
  if (place == kNone) return;
  distributions_[place - 1] = EdgeDistributions();
  free_.push_back(place);
  place = kNone;
}

}  // namespace tcpgauge
