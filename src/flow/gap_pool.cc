#include "src/flow/gap_pool.h"

#include <algorithm>

#include "src/flow/sequence.h"

namespace tcpgauge {

void GapPool::Add(uint32_t* set, End sender, uint32_t begin, uint32_t end) {
  if (*set == kNone) {
    if (free_ != kNone) {
      *set = free_;
      free_ = sets_[free_].next_free;
      sets_[*set] = Set();
    } else if (sets_.size() <= max_sets_) {
      *set = static_cast<uint32_t>(sets_.size());
      sets_.emplace_back();
    } else {
      ++overflows_;
      return;
    }
  }
  Gaps& gaps = sets_[*set].ends[static_cast<size_t>(sender)];
  if (gaps.count == kMaxGaps) {
    std::move(gaps.ranges.begin() + 1, gaps.ranges.end(), gaps.ranges.begin());
    --gaps.count;
    ++overflows_;
  }
  gaps.ranges[gaps.count++] = {begin, end};  // a jump is always above all that went before
}

bool GapPool::Fill(uint32_t* set, End sender, uint32_t begin, uint32_t end) {
  if (*set == kNone) return false;
  Gaps& gaps = sets_[*set].ends[static_cast<size_t>(sender)];
  Gaps left;
  bool wholly_inside = false;
  for (size_t i = 0; i < gaps.count; ++i) {
    const Gap& gap = gaps.ranges[i];
    if (SequenceLessOrEqual(end, gap.begin) || SequenceLessOrEqual(gap.end, begin)) {
      if (left.count < kMaxGaps) left.ranges[left.count++] = gap;
      continue;
    }
    if (SequenceLessOrEqual(gap.begin, begin) && SequenceLessOrEqual(end, gap.end)) wholly_inside = true;
    for (const Gap& rest : {Gap{gap.begin, begin}, Gap{end, gap.end}}) {
      if (!SequenceLess(rest.begin, rest.end)) continue;
      if (left.count < kMaxGaps) {
        left.ranges[left.count++] = rest;
      } else {
        ++overflows_;
      }
    }
  }
  gaps = left;
  if (sets_[*set].ends[0].count == 0 && sets_[*set].ends[1].count == 0) Release(set);
  return wholly_inside;
}

void GapPool::Release(uint32_t* set) {
  if (*set == kNone) return;
  sets_[*set].next_free = free_;
  free_ = *set;
  *set = kNone;
}

}  // namespace tcpgauge
