// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/view_ranges.h"

#include <algorithm>

namespace tcpgauge {

void ViewRanges::Clear(std::vector<ConnectionView>* list) {
  list->clear();
  list->reserve(max_views_);
  for (std::vector<uint32_t>& ranges : free_) ranges.clear();
}

ViewRange ViewRanges::Store(absl::Span<const ConnectionView> views, std::vector<ConnectionView>* list) {
  views = views.first(std::min(views.size(), ConnectionView::kMaxPerConnection));
  if (views.empty()) return {};
  ViewRange range = {static_cast<uint32_t>(list->size()), static_cast<uint8_t>(views.size())};
  if (std::vector<uint32_t>& free = free_[views.size()]; !free.empty()) {
    range.first = free.back();
    free.pop_back();
    std::copy(views.begin(), views.end(), list->begin() + range.first);
  } else if (list->size() + views.size() <= max_views_) {
    list->insert(list->end(), views.begin(), views.end());
  } else {
    return {};
  }
  return range;
}

void ViewRanges::GiveBack(const ViewRange& range) {
  if (range.count > 0) free_[range.count].push_back(range.first);
}

}  // namespace tcpgauge
