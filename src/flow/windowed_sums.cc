// SPDX-License-Identifier: Apache-2.0
#include "src/flow/windowed_sums.h"

#include <algorithm>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMaxParts = 10;

int64_t PartLength(int64_t tick_ns, int64_t window_ns) {
  return window_ns <= kMaxParts * tick_ns ? tick_ns : (window_ns + kMaxParts - 1) / kMaxParts;
}

// The parts of a window, the part under way, and one more: a reader may ask for the previous tick while packets of the
// next one already come.
size_t PartsKept(int64_t tick_ns, int64_t window_ns) {
  const int64_t part_ns = PartLength(tick_ns, window_ns);
  return static_cast<size_t>((window_ns + part_ns - 1) / part_ns) + 2;
}

// Rounded up to whole cache lines. Most windows take one line, so one prefetch fetches the whole slot.
size_t WordsPerSlot(size_t lanes, size_t parts) {
  constexpr size_t kWordsPerLine = 8;
  return (1 + lanes * parts + kWordsPerLine - 1) / kWordsPerLine * kWordsPerLine;
}

}  // namespace

size_t WindowedSums::BytesPerSlot(size_t lanes, int64_t tick_ns, int64_t window_ns) {
  return WordsPerSlot(lanes, PartsKept(tick_ns, window_ns)) * sizeof(uint64_t);
}

WindowedSums::WindowedSums(size_t slots, size_t lanes, int64_t tick_ns, int64_t window_ns)
    : tick_ns_(tick_ns),
      window_ns_(window_ns),
      part_ns_(PartLength(tick_ns, window_ns)),
      parts_(PartsKept(tick_ns, window_ns)),
      lanes_(lanes),
      stride_(WordsPerSlot(lanes, parts_)),
      words_(slots * stride_) {
  TCPGAUGE_CHECK(tick_ns > 0 && window_ns > 0 && lanes > 0);
}

void WindowedSums::Clear(size_t slot) { words_[slot * stride_] = kEmptySlot; }

void WindowedSums::AddToOtherPart(size_t slot, size_t lane, uint64_t amount, int64_t part) {
  const int64_t newest = NewestPart(slot);
  const int64_t kept = static_cast<int64_t>(parts_);
  if (part < newest) {
    part = std::max(part, newest - kept + 1);
  } else {
    if (part - newest >= kept) {
      std::fill_n(&words_[slot * stride_ + 1], lanes_ * parts_, 0);
    } else {
      for (int64_t old = newest + 1; old <= part; ++old) {
        for (size_t i = 0; i < lanes_; ++i) words_[WordIndex(slot, i, old)] = 0;
      }
    }
    words_[slot * stride_] = static_cast<uint64_t>(part);
  }
  words_[WordIndex(slot, lane, part)] += amount;
}

double WindowedSums::Sum(size_t slot, size_t lane, int64_t now_ns) const {
  const int64_t end = now_ns / tick_ns_ * tick_ns_;
  const int64_t begin = end - window_ns_;
  const int64_t newest = NewestPart(slot);
  const int64_t oldest = newest - static_cast<int64_t>(parts_) + 1;
  double sum = 0;
  for (int64_t part = std::max<int64_t>({0, oldest, begin / part_ns_}); part <= newest && part * part_ns_ < end;
       ++part) {
    const int64_t inside = std::min(end, (part + 1) * part_ns_) - std::max(begin, part * part_ns_);
    const double amount = static_cast<double>(words_[WordIndex(slot, lane, part)]);
    // Only the part in which the window begins counts in proportion. A part under way counts in full: everything that
    // it holds so far has come.
    sum += begin <= part * part_ns_ ? amount : amount * static_cast<double>(inside) / static_cast<double>(part_ns_);
  }
  return sum;
}

}  // namespace tcpgauge
