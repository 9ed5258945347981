// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_WAKEUP_H_
#define TCPGAUGE_SRC_BASE_WAKEUP_H_

namespace tcpgauge {

// Wakes one thread that waits for work. Calls before it waits are not lost; several may count as one.
// Thread: Notify() any, and it never waits; the rest the waiting thread.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // A system call.
  void Notify();

  // Readable after Notify() until Clear().
  int fd() const { return fd_; }
  void Clear();

  // Waits for Notify(), for `also_fd` to be readable, or for `timeout_ms` (-1 = for ever), and clears itself.
  void Wait(int also_fd, int timeout_ms);

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_WAKEUP_H_
