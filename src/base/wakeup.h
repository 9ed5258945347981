// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_WAKEUP_H_
#define TCPGAUGE_SRC_BASE_WAKEUP_H_

namespace tcpgauge {

// Wakes one thread that waits for work. If nobody waits, Notify() makes the next wait end at once. Several calls of
// Notify() may wake the thread only once.
//
// Thread: any thread or signal handler may call Notify(), which never blocks. The waiting thread calls the other
// methods.
// Errors: the constructor ends the process when no file descriptor is left (ExitForShortage()).
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Wakes the waiting thread. Costs a system call.
  void Notify();

  // A descriptor that is readable from Notify() until Clear(). Poll it, but do not read from it. The Wakeup owns it.
  int fd() const { return fd_; }
  // Makes fd() unreadable until the next Notify().
  void Clear();

  // Waits until one of these happens, and then calls Clear():
  // - Notify() is called, or was called since the last Clear();
  // - `also_fd` is readable (Wait() does not read it; -1 = no descriptor);
  // - `timeout_ms` have passed (-1 = no limit);
  // - a signal handler has run on this thread.
  void Wait(int also_fd, int timeout_ms);

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_WAKEUP_H_
