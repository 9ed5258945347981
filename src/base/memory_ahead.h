// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_MEMORY_AHEAD_H_
#define TCPGAUGE_SRC_BASE_MEMORY_AHEAD_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Runs a thread that makes the memory of a growing array resident shortly before the array uses this memory.
//
// Design. The kernel clears each page at its first touch. Without this thread, that takes a quarter of a worker's time
// while new connections come fast. With the thread, a million new connections take 1.03 s instead of 1.15 s. To work
// 8,192 or about 40,000 elements (8 MB) ahead was no faster than to work kMostAhead elements ahead. Small pages instead
// of huge ones were rejected, because a million connections took 41 % longer.
//
// Thread: one thread calls Note(). The thread of this class calls `populate` while other threads use the array.
// Bounds: works ahead by an eighth of the used elements, and by at most kMostAhead elements. Does nothing while fewer
// than kSmall elements are used.
// Errors: when the thread cannot be started, Note() does nothing. The array works without the thread.
class MemoryAhead {
 public:
  // Makes `count` elements of the array resident, from element `first` on. Elements may lie beyond the array's
  // capacity; the function must ignore these.
  using Populate = std::function<void(uint32_t first, uint32_t count)>;

  static constexpr uint32_t kSmall = 8192;
  static constexpr uint32_t kMostAhead = 4096;

  explicit MemoryAhead(Populate populate);
  // Ends the thread. Waits for a call of `populate` that is under way.
  ~MemoryAhead();

  // Reports that the first `used` elements are in use. Usually takes one comparison. Takes a lock and wakes the thread
  // once per 256 to 1,024 new elements.
  // REQUIRES: `used` never falls.
  void Note(uint32_t used) {
    if (used >= ask_at_) Ask(used);
  }

 private:
  static constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();

  void Ask(uint32_t used);
  void Run();

  const Populate populate_;
  uint32_t ask_at_ = kSmall;  // used only by the thread that calls Note()
  Mutex mutex_;
  CondVar work_;
  uint32_t ready_ ABSL_GUARDED_BY(mutex_) = 0;   // elements below this one are in use, or were passed to populate_
  uint32_t wanted_ ABSL_GUARDED_BY(mutex_) = 0;  // elements below this one must become resident
  bool ends_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_MEMORY_AHEAD_H_
