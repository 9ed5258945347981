// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STOP_SIGNAL_H_
#define TCPGAUGE_SRC_BASE_STOP_SIGNAL_H_

#include <atomic>

namespace tcpgauge {

// Tells threads to end. A busy thread reads the flag; a waiting thread polls the file descriptor.
// Thread: any; Stop() may be called from a signal handler.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Further calls change nothing.
  void Stop();
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  // Becomes readable at Stop() and stays so. Poll it, but do not read from it.
  int fd() const { return fd_; }

 private:
  const int fd_;
  std::atomic<bool> stopped_{false};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STOP_SIGNAL_H_
