// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_TRIPLE_BUFFER_H_
#define TCPGAUGE_SRC_SNAPSHOT_TRIPLE_BUFFER_H_

#include <array>
#include <atomic>
#include <cstdint>

namespace tcpgauge {

// Passes the latest value from one writer thread to one reader thread. Neither thread ever waits for the other.
//
// There are three places, each with a value. The writer fills the back place and swaps it with the middle place. When
// the middle place has a new value, the reader swaps the middle place with the front place. Values are never destroyed
// or cleared, so their heap memory is used again.
//
// Thread: one writer thread and one reader thread. The comments say which thread calls a method.
// Bounds: three values. A new value replaces one that the reader has not taken yet.
template <typename T>
class TripleBuffer {
 public:
  // Returns the place to fill. It contains an older value, or at first a default-constructed one. The reference is
  // valid until Publish(). Writer thread only.
  T& back() { return places_[back_]; }

  // Makes the value in back() the latest value. Takes one atomic exchange. Writer thread only.
  void Publish() { back_ = middle_.exchange(back_ | kFresh, std::memory_order_acq_rel) & kIndex; }

  // Whether the reader has not taken the latest value yet. Writer thread only.
  bool HasUntaken() const { return (middle_.load(std::memory_order_relaxed) & kFresh) != 0; }

  // Moves the latest value to front() and returns true. If the writer has not published since the last call, changes
  // nothing and returns false. Reader thread only.
  bool TakeLatest() {
    if (!(middle_.load(std::memory_order_relaxed) & kFresh)) return false;
    front_ = middle_.exchange(front_, std::memory_order_acq_rel) & kIndex;
    return true;
  }

  // Returns the value that TakeLatest() took last, or at first a default-constructed one. The reference is valid until
  // TakeLatest() returns true. Reader thread only.
  const T& front() const { return places_[front_]; }

 private:
  static constexpr uint8_t kIndex = 3;
  static constexpr uint8_t kFresh = 4;

  std::array<T, 3> places_;
  uint8_t back_ = 0;
  std::atomic<uint8_t> middle_{1};
  uint8_t front_ = 2;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_TRIPLE_BUFFER_H_
