// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LINE_QUEUE_H_
#define TCPGAUGE_SRC_BASE_LINE_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"
#include "src/base/stop_signal.h"

namespace tcpgauge {

// Writes lines to a descriptor that perhaps nobody reads, such as a pipe on standard error. No caller of Add() waits
// for the reader.
//
// Design. A process that writes its log with a plain write(2) stops when the pipe is full, and so stops its capture. To
// set O_NONBLOCK is no way out: the flag belongs to the open file, which the process shares with the shell that started
// it. So each write is preceded by poll(2), and writes at most PIPE_BUF bytes. A pipe that is writable has room for
// that much. Only another writer of the same pipe can take the room in between, and then the write waits. Therefore a
// thread of its own writes as soon as the process may start threads, and nobody waits for that thread without a limit.
// Before StartThread(), Add() writes what the descriptor takes at once, and keeps the rest in memory.
//
// Thread: any. One thread calls StartThread() and destroys the queue.
// Bounds: kMaxLines lines and kMaxBytes bytes wait, besides the line that is being written. When a further line has no
// room, the oldest lines are lost: the newest tell most about the present.
// Errors: Lost lines, and lines that cannot be written, are counted in lost(). The line that `loss_line` makes of the
// number of lost lines is written where they are missing, as soon as the descriptor takes lines again. After a failed
// write, it follows the next line that can be written.
class LineQueue {
 public:
  static constexpr size_t kMaxLines = 1000;
  static constexpr size_t kMaxBytes = 256 << 10;

  // Returns a line with its newline. Must not call the queue.
  using LossLine = std::function<std::string(uint64_t lines)>;

  // Borrows `fd`. The process must ignore SIGPIPE.
  LineQueue(int fd, LossLine loss_line);
  // Ends the thread. Lines that still wait are not written.
  ~LineQueue();
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;

  // Appends `line`, which has its newline. Never waits for the reader.
  void Add(std::string line);

  // Keeps lines in memory from Hold() until Release().
  void Hold();
  void Release();

  // From now on, a thread of the queue writes, and Add() never calls write(2). Call it once.
  // Errors: like std::thread, throws std::system_error when the thread cannot be started.
  void StartThread();

  // Waits until all lines are written, for at most `timeout_ns`. Returns whether they are. REQUIRES: the queue does not
  // hold lines.
  bool Flush(int64_t timeout_ns);

  // The number of lines that were lost since the start.
  uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  // The line that is being written.
  struct Chunk {
    bool done() const { return written == text.size(); }

    std::string text;
    size_t written = 0;
    uint64_t tells_lost = 0;  // the number of lost lines that it tells; 0 = it is no loss line
  };

  void Run();
  // Makes the next line the current one. Returns false if no line waits.
  bool TakeNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes lines until none waits or `deadline_ns` has passed. Used while there is no thread.
  bool WriteUntil(int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes a part of the current line. Waits until the descriptor is writable, the thread is stopped, or `timeout_ms`
  // have passed (-1 = no limit). Gives the line up if it cannot be written. Otherwise returns false if no byte was
  // written.
  bool WriteSome(int timeout_ms);
  void CountLost(uint64_t lines);

  const int fd_;
  const LossLine loss_line_;
  std::optional<StopSignal>
      stop_;  // made with the thread, so that an error about descriptors can be logged without one
  std::atomic<uint64_t> lost_{0};
  std::atomic<uint64_t> lost_untold_{0};
  // These two belong to the thread while it runs, otherwise to the holder of mutex_.
  Chunk current_;
  bool has_failed_ = false;  // the last write failed
  Mutex mutex_;
  CondVar work_;
  CondVar written_;
  std::deque<std::string> lines_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // of lines_
  bool is_holding_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_thread_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_writing_ ABSL_GUARDED_BY(mutex_) = false;  // the thread has a line
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LINE_QUEUE_H_
