// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_TRIPLE_BUFFER_H_
#define TCPGAUGE_SRC_SNAPSHOT_TRIPLE_BUFFER_H_

#include <array>
#include <atomic>
#include <cstdint>

namespace tcpgauge {

// Hands the latest value from one writer thread to one reader thread. Neither ever waits for the other.
//
// There are three places. The writer fills the back one and swaps it with the middle one. When the middle one is fresh,
// the reader swaps it with the front one. Values are reused, so their heap memory is reused too.
//
// Thread: one writer thread and one reader thread, as each method says.
// Bounds: three values. A value that the reader did not take in time is overwritten.
template <typename T>
class TripleBuffer {
 public:
  // The place to fill; it holds an old value. Writer thread only.
  T& back() { return places_[back_]; }

  // Makes the back place the latest value. Writer thread only; one atomic exchange.
  void Publish() { back_ = middle_.exchange(back_ | kFresh, std::memory_order_acq_rel) & kIndex; }

  // Moves the latest value to front(). False, without a change, if the writer has not published since the last call.
  // Reader thread only.
  bool TakeLatest() {
    if (!(middle_.load(std::memory_order_relaxed) & kFresh)) return false;
    front_ = middle_.exchange(front_, std::memory_order_acq_rel) & kIndex;
    return true;
  }

  // Reader thread only.
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
