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

// Writes lines to a descriptor that perhaps nobody reads, such as a pipe on standard error. After StartThread(), no
// caller of Add() waits for the reader.
//
// Design. With a plain write(2), a full pipe would hold up the thread that logs, for example one that captures.
// O_NONBLOCK cannot be set: this flag belongs to the open file, which the process shares with the shell that started
// it. So the queue calls poll(2) before each write, and writes at most PIPE_BUF bytes. A writable pipe has room for
// them. But another writer of the same pipe may take the room in between, and then the write waits. Therefore a thread
// of the queue writes as soon as the process may start threads. Before StartThread(), Add() writes the bytes that the
// descriptor takes without a wait, and keeps the rest in memory.
//
// Thread: any. One thread calls StartThread() and destroys the queue.
// Bounds: at most kMaxLines lines and kMaxBytes bytes wait, besides the line that is being written. When a further line
// has no room, the oldest lines are lost, because the newest tell most about the present. A line longer than kMaxBytes
// is always lost.
// Errors: Lost lines, and lines that cannot be written, are counted in lost(). As soon as the descriptor takes lines
// again, the queue writes the line of LossLine in place of the lost lines. After a failed write, LossLine's line comes
// after the next line that can be written.
class LineQueue {
 public:
  static constexpr size_t kMaxLines = 1000;
  static constexpr size_t kMaxBytes = 256 << 10;

  // Returns a line, with its newline, which says that `lines` lines were lost. Must not call the queue.
  using LossLine = std::function<std::string(uint64_t lines)>;

  // `fd` must stay open as long as the queue lives. The queue does not close `fd`. The process must ignore SIGPIPE.
  LineQueue(int fd, LossLine loss_line);
  // Ends the thread. Lines that still wait are not written.
  ~LineQueue();
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;

  // Appends `line`, which ends with a newline.
  void Add(std::string line);

  // From Hold() until Release(), lines are kept in memory. A line that the thread is writing is still written.
  void Hold();
  void Release();

  // From now on, a thread of the queue writes, and Add() never calls write(2). Call it once.
  // Errors: when no thread or no descriptor is left, ends the process (ExitForShortage()).
  void StartThread();

  // Returns once every line is written or lost, but after `timeout_ns` at the latest. Returns false if lines are left.
  // REQUIRES: each Hold() was followed by Release().
  bool Flush(int64_t timeout_ns);

  // Returns the number of lines that were lost since the start.
  uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  // The line that is being written.
  struct Chunk {
    bool done() const { return written == text.size(); }

    std::string text;
    size_t written = 0;
    uint64_t tells_lost = 0;  // how many lost lines the text tells; 0 = it is a line of Add()
  };

  void Run();
  // Makes the next line the current one. Returns false if no line waits.
  bool TakeNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes lines until none waits or `deadline_ns` has passed. Used while there is no thread.
  bool WriteUntil(int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes a part of the current line. Waits until the descriptor is writable, the thread is stopped, or `timeout_ms`
  // have passed (-1 = no limit). Returns true if bytes were written, or if the line was given up because of an error.
  bool WriteSome(int timeout_ms);
  void CountLost(uint64_t lines);

  const int fd_;
  const LossLine loss_line_;
  // Made by StartThread(), because a StopSignal takes a descriptor. A log without a thread can then still say that no
  // descriptor is left.
  std::optional<StopSignal> stop_;
  std::atomic<uint64_t> lost_{0};
  std::atomic<uint64_t> lost_untold_{0};
  // While the thread runs, only the thread uses these two. Before that, mutex_ guards them.
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
