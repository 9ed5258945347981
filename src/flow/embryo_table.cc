// SPDX-License-Identifier: Apache-2.0
#include "src/flow/embryo_table.h"

namespace tcpgauge {

uint32_t EmbryoTable::Add() {
  uint32_t slot = free_;
  if (slot != kNone) {
    free_ = embryos_[slot].newer;
  } else {
    slot = slot_limit_++;
  }
  Embryo& embryo = embryos_[slot];
  embryo.older = newest_;
  embryo.newer = kNone;
  (newest_ == kNone ? oldest_ : embryos_[newest_].newer) = slot;
  newest_ = slot;
  ++size_;
  return slot;
}

void EmbryoTable::Remove(uint32_t slot) {
  Embryo& embryo = embryos_[slot];
  (embryo.older == kNone ? oldest_ : embryos_[embryo.older].newer) = embryo.newer;
  (embryo.newer == kNone ? newest_ : embryos_[embryo.newer].older) = embryo.older;
  embryo.older = kFree;
  embryo.newer = free_;
  free_ = slot;
  --size_;
}

}  // namespace tcpgauge
