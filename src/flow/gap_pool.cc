// SPDX-License-Identifier: Apache-2.0
#include "src/flow/gap_pool.h"

#include <algorithm>

#include "src/flow/sequence.h"

namespace tcpgauge {

void GapPool::Add(SetId* set, End sender, uint32_t begin, uint32_t end) {
  if (*set == kNone) {
    if (free_ != kNone) {
      *set = free_;
      free_ = sets_[free_].next_free;
      sets_[*set] = Set();
    } else if (sets_.size() <= max_sets_) {
      *set = static_cast<SetId>(sets_.size());
      sets_.emplace_back();
    } else {
      ++overflows_;
      return;
    }
  }
  Append({begin, end}, &sets_[*set].ends[static_cast<size_t>(sender)]);
}

void GapPool::Append(const Gap& range, Gaps* gaps) {
  if (gaps->count == kMaxGaps) {
    std::move(gaps->ranges.begin() + 1, gaps->ranges.end(), gaps->ranges.begin());
    --gaps->count;
    ++overflows_;
  }
  gaps->ranges[gaps->count++] = range;
}

void GapPool::Replace(SetId* set, End sender, const Gaps& gaps) {
  sets_[*set].ends[static_cast<size_t>(sender)] = gaps;
  if (sets_[*set].ends[0].count == 0 && sets_[*set].ends[1].count == 0) Release(set);
}

bool GapPool::Fill(SetId* set, End sender, uint32_t begin, uint32_t end) {
  if (*set == kNone) return false;
  const Gaps& gaps = sets_[*set].ends[static_cast<size_t>(sender)];
  Gaps left;
  bool wholly_inside = false;
  for (size_t i = 0; i < gaps.count; ++i) {
    const Gap& gap = gaps.ranges[i];
    if (SequenceLessOrEqual(end, gap.begin) || SequenceLessOrEqual(gap.end, begin)) {
      Append(gap, &left);
      continue;
    }
    if (SequenceLessOrEqual(gap.begin, begin) && SequenceLessOrEqual(end, gap.end)) wholly_inside = true;
    for (const Gap& rest : {Gap{gap.begin, begin}, Gap{end, gap.end}}) {
      if (SequenceLess(rest.begin, rest.end)) Append(rest, &left);
    }
  }
  Replace(set, sender, left);
  return wholly_inside;
}

void GapPool::ForgetFarBelow(SetId* set, End sender, uint32_t before, uint32_t next) {
  if (*set == kNone) return;
  const Gaps& gaps = sets_[*set].ends[static_cast<size_t>(sender)];
  Gaps left;
  for (size_t i = 0; i < gaps.count; ++i) {
    // Add two distances in 64 bits: the whole distance may exceed 2^32, where next - begin would wrap.
    const uint64_t distance = uint64_t{before - gaps.ranges[i].begin} + (next - before);
    if (distance <= 1u << 31) Append(gaps.ranges[i], &left);
  }
  if (left.count < gaps.count) Replace(set, sender, left);
}

void GapPool::Release(SetId* set) {
  if (*set == kNone) return;
  sets_[*set].next_free = free_;
  free_ = *set;
  *set = kNone;
}

}  // namespace tcpgauge
