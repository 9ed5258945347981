// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STOP_SIGNAL_H_
#define TCPGAUGE_SRC_BASE_STOP_SIGNAL_H_

#include <atomic>

namespace tcpgauge {

// Tells threads to end, once and for all. A busy thread tests stopped(), and a waiting thread polls fd().
//
// Thread: any. A signal handler may call Stop().
// Errors: the constructor ends the process when no file descriptor is left (ExitForShortage()).
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Tells the threads to end. Further calls change nothing.
  void Stop();
  // Whether Stop() was called.
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  // A descriptor that becomes readable at Stop() and stays readable. Poll it, but do not read from it. The StopSignal
  // owns it.
  int fd() const { return fd_; }

 private:
  const int fd_;
  std::atomic<bool> stopped_{false};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STOP_SIGNAL_H_
