// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_MAILBOX_H_
#define TCPGAUGE_SRC_CAPTURE_MAILBOX_H_

#include <atomic>
#include <memory>
#include <utility>

namespace tcpgauge {

// Hands the latest value to a worker. Neither Post() nor Take() ever waits.
//
// Owns the value between Post() and Take().
// Thread: any thread may post, and any thread may take.
// Bounds: one value.
template <typename T>
class Mailbox {
 public:
  Mailbox() = default;
  ~Mailbox() { Take(); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Stores `value` for the next Take(). Deletes the previous value if it was not taken.
  void Post(std::unique_ptr<T> value) { delete content_.exchange(value.release(), std::memory_order_acq_rel); }

  // Returns the value that was posted last, or null if no value was posted since the last Take().
  std::unique_ptr<T> Take() {
    if (content_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return std::unique_ptr<T>(content_.exchange(nullptr, std::memory_order_acq_rel));
  }

 private:
  std::atomic<T*> content_{nullptr};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_MAILBOX_H_
