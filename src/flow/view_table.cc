// SPDX-License-Identifier: Apache-2.0
#include "src/flow/view_table.h"

#include <algorithm>

namespace tcpgauge {

uint32_t ViewTable::Add(uint32_t* first) {
  int count = 0;
  uint8_t highest = View::kFirstNumber;
  for (uint32_t slot = *first; slot != kNone; slot = views_[slot].next) {
    if (views_[slot].number != View::kFirstNumber) ++count;
    highest = std::max(highest, views_[slot].number);
  }
  if (count == kMaxOfConnection) {
    ++overflows_;
    return kNone;
  }
  return Link(first, static_cast<uint8_t>(highest + 1));
}

uint32_t ViewTable::AddOwnKey(uint32_t* first) { return Link(first, View::kFirstNumber); }

uint32_t ViewTable::Link(uint32_t* first, uint8_t number) {
  if (size_ == capacity_) {
    ++overflows_;
    return kNone;
  }
  uint32_t slot = free_;
  if (slot != kNone) {
    free_ = views_[slot].next;
  } else {
    slot = slot_limit_++;
  }
  View& view = views_[slot];
  view.number = number;
  view.in_use = true;
  view.next = *first;
  *first = slot;
  ++size_;
  return slot;
}

void ViewTable::RemoveAll(uint32_t* first) {
  while (*first != kNone) {
    View& view = views_[*first];
    const uint32_t next = view.next;
    view.in_use = false;
    view.next = free_;
    free_ = *first;
    *first = next;
    --size_;
  }
}

}  // namespace tcpgauge
