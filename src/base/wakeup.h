// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_WAKEUP_H_
#define TCPGAUGE_SRC_BASE_WAKEUP_H_

namespace tcpgauge {

// Wakes one thread that waits for work. A Notify() before the wait is not lost; several may count as one.
// Thread: any thread may call Notify(), which never blocks. The waiting thread calls the rest.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Costs a system call.
  void Notify();

  // Readable after Notify() until Clear().
  int fd() const { return fd_; }
  void Clear();

  // Waits until Notify() is called, `also_fd` is readable or `timeout_ms` have passed (-1 = no limit). Then calls
  // Clear().
  void Wait(int also_fd, int timeout_ms);

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_WAKEUP_H_
