// SPDX-License-Identifier: Apache-2.0
#include "src/base/exponential_buckets.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

namespace tcpgauge {
namespace {

constexpr int kPerOctave = 1 << ExponentialBuckets::kMaxScale;

// The upper bounds of the first buckets from 1 on: 1, 2^(1/8), 2^(2/8) and so on. Each is rounded down, so that a
// double is above the bound exactly if it is above the rounded one.
constexpr double kUpperBounds[kPerOctave] = {
    1,
    1.0905077326652575,
    1.189207115002721,
    1.2968395546510096,
    1.414213562373095,
    1.5422108254079407,
    1.681792830507429,
    1.8340080864093424,
};

// IEEE 754 binary64.
constexpr int kFractionBits = 52;
constexpr uint64_t kFraction = (uint64_t{1} << kFractionBits) - 1;
constexpr uint64_t kExponentOfOne = 1023;

// Returns the number of the bucket of a value that is finite and above kZeroThreshold, with kMaxScale. Without a
// branch, because values vary: a search took three times as long.
int32_t BucketOf(double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  const int32_t exponent = static_cast<int32_t>(bits >> kFractionBits) - static_cast<int32_t>(kExponentOfOne);
  bits = (bits & kFraction) | kExponentOfOne << kFractionBits;
  double scaled = 0;  // value / 2^exponent, in [1, 2)
  std::memcpy(&scaled, &bits, sizeof(scaled));
  int32_t bounds_below = 0;
  for (const double bound : kUpperBounds) bounds_below += scaled > bound ? 1 : 0;
  return exponent * kPerOctave + bounds_below - 1;
}

// Divides by 2^shift and rounds down, as bucket numbers change when the scale falls by `shift`.
int32_t LowerNumber(int32_t number, int shift) { return number >> shift; }

}  // namespace

// Here and not in the class, where it would let a value initialization write zeros to all counts.
ExponentialBuckets::ExponentialBuckets() = default;

ExponentialBuckets& ExponentialBuckets::operator=(const ExponentialBuckets& other) {
  scale_ = other.scale_;
  size_ = other.size_;
  first_ = other.first_;
  zero_count_ = other.zero_count_;
  std::copy_n(other.counts_.begin(), size_, counts_.begin());
  return *this;
}

void ExponentialBuckets::Observe(double value) {
  if (!(value > kZeroThreshold)) {
    ++zero_count_;
    return;
  }
  int32_t number = BucketOf(std::min(value, std::numeric_limits<double>::max()));
  number = LowerNumber(number, kMaxScale - scale_);
  number = LowerNumber(number, Include(number, number));
  ++counts_[static_cast<size_t>(number - first_)];
}

int ExponentialBuckets::Include(int32_t low, int32_t high) {
  int fall = 0;
  const auto first = [&] { return size_ == 0 ? low : std::min(low, first_); };
  const auto last = [&] { return size_ == 0 ? high : std::max(high, first_ + size_ - 1); };
  while (last() - first() >= static_cast<int32_t>(kMaxBuckets)) {
    LowerScale();
    low = LowerNumber(low, 1);
    high = LowerNumber(high, 1);
    ++fall;
  }
  const int32_t new_first = first();
  const auto new_size = static_cast<uint8_t>(last() - new_first + 1);
  if (size_ > 0 && new_first < first_) {
    const auto added = static_cast<uint8_t>(first_ - new_first);
    std::copy_backward(counts_.begin(), counts_.begin() + size_, counts_.begin() + size_ + added);
    std::fill_n(counts_.begin(), added, 0);
    size_ = static_cast<uint8_t>(size_ + added);
  }
  std::fill(counts_.begin() + size_, counts_.begin() + new_size, 0);
  first_ = new_first;
  size_ = new_size;
  return fall;
}

void ExponentialBuckets::LowerScale() {
  --scale_;
  if (size_ == 0) return;
  const int32_t new_first = LowerNumber(first_, 1);
  size_t new_size = 0;
  for (int32_t i = 0; i < size_; ++i) {
    const auto place = static_cast<size_t>(LowerNumber(first_ + i, 1) - new_first);
    const uint64_t count = counts_[static_cast<size_t>(i)];
    // `place` is at most `i`, so no count is overwritten that is still to be read.
    counts_[place] = place < new_size ? counts_[place] + count : count;
    new_size = place + 1;
  }
  first_ = new_first;
  size_ = static_cast<uint8_t>(new_size);
}

void ExponentialBuckets::Add(const ExponentialBuckets& other) {
  zero_count_ += other.zero_count_;
  if (other.size_ == 0) return;
  while (scale_ > other.scale_) LowerScale();
  int shift = other.scale_ - scale_;
  const int32_t other_last = other.first_ + other.size_ - 1;
  shift += Include(LowerNumber(other.first_, shift), LowerNumber(other_last, shift));
  for (int32_t i = 0; i < other.size_; ++i) {
    counts_[static_cast<size_t>(LowerNumber(other.first_ + i, shift) - first_)] +=
        other.counts_[static_cast<size_t>(i)];
  }
}

void ExponentialBuckets::Subtract(const ExponentialBuckets& other) {
  zero_count_ -= std::min(zero_count_, other.zero_count_);
  if (other.size_ == 0) return;
  while (scale_ > other.scale_) LowerScale();
  const int shift = other.scale_ - scale_;
  for (int32_t i = 0; i < other.size_; ++i) {
    const int32_t place = LowerNumber(other.first_ + i, shift) - first_;
    if (place < 0 || place >= size_) continue;
    uint64_t& count = counts_[static_cast<size_t>(place)];
    count -= std::min(count, other.counts_[static_cast<size_t>(i)]);
  }
  Trim();
}

void ExponentialBuckets::Trim() {
  while (size_ > 0 && counts_[size_ - 1] == 0) --size_;
  const auto* const begin = std::find_if(counts_.begin(), counts_.begin() + size_, [](uint64_t c) { return c != 0; });
  const auto zeros = static_cast<uint8_t>(begin - counts_.begin());
  std::copy(counts_.begin() + zeros, counts_.begin() + size_, counts_.begin());
  size_ = static_cast<uint8_t>(size_ - zeros);
  first_ = size_ == 0 ? 0 : first_ + zeros;
}

uint64_t ExponentialBuckets::Count() const {
  return std::accumulate(counts_.begin(), counts_.begin() + size_, zero_count_);
}

}  // namespace tcpgauge
