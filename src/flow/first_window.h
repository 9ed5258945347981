// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_FIRST_WINDOW_H_
#define TCPGAUGE_SRC_FLOW_FIRST_WINDOW_H_

#include <atomic>
#include <cstdint>

namespace tcpgauge {

// The first window of a capture, in which edges get series without a limit per minute (see EdgeChooser). The first
// window begins with the first connection that any worker counts. So the edge tables of all workers share one
// FirstWindow. If each table had a first window of its own, the window of a worker whose first connection came late
// would begin late. The worker would then give series to many edges at once, although readers have long begun to read.
//
// Design. The beginning is one atomic number, which is written once. No other memory depends on this number, so relaxed
// order is enough, and reading the number costs as much as reading a plain one.
//
// Thread: any.
// Time: table time (see ConnectionTable), in nanoseconds. The table times of live workers may differ by a second or so,
// and so may the end of the window.
class FirstWindow {
 public:
  // Begins the window, unless the window has begun.
  void Begin(int64_t now_ns) {
    int64_t expected = kNotBegun;
    if (begin_ns_.load(std::memory_order_relaxed) != expected) return;
    begin_ns_.compare_exchange_strong(expected, now_ns, std::memory_order_relaxed);
  }

  // Whether the window, which takes `window_ns`, is over. False if the window has not begun.
  bool IsOver(int64_t now_ns, int64_t window_ns) const {
    const int64_t begin_ns = begin_ns_.load(std::memory_order_relaxed);
    return begin_ns != kNotBegun && now_ns - begin_ns >= window_ns;
  }

 private:
  static constexpr int64_t kNotBegun = INT64_MIN;

  std::atomic<int64_t> begin_ns_{kNotBegun};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_FIRST_WINDOW_H_
