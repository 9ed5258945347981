// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_MUTEX_H_
#define TCPGAUGE_SRC_BASE_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace tcpgauge {

// The locks of this project: std::mutex and std::condition_variable, with annotations that clang checks.
//
// Why annotations: a member names its lock with ABSL_GUARDED_BY, and a function names the lock that its callers hold
// with ABSL_EXCLUSIVE_LOCKS_REQUIRED. Clang (-Wthread-safety, an error in the clang configuration of .bazelrc) then
// rejects every access without the lock. gcc ignores the annotations.
//
// Why not the standard classes: libstdc++ does not annotate them, so clang would see no lock being taken.
//
// Why not absl::Mutex, which is annotated: the thread sanitizer learns of locks from the calls that it intercepts, and
// from annotations that absl::Mutex has only when it is compiled for the sanitizer. Debian's abseil is not, so the
// sanitizer would report races between threads that absl::Mutex keeps apart. std::mutex calls pthread_mutex_lock(),
// which the sanitizer intercepts. abseil's annotation macros are usable, because they contain no code.
//
//   class Counter {
//    public:
//     void Add(int amount) {
//       const MutexLock lock(&mutex_);
//       count_ += amount;
//     }
//
//    private:
//     Mutex mutex_;
//     int count_ ABSL_GUARDED_BY(mutex_) = 0;
//   };

// Mutual exclusion. Prefer MutexLock to Lock() and Unlock(). Not recursive. Thread: any.
class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class CondVar;

  std::mutex mutex_;
};

// Holds `mutex` from its construction to its destruction. `mutex` must outlive it.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(*mutex) { mutex_.Lock(); }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition that threads wait for; all of them must wait with the same mutex. Thread: any.
//
// A wait may end without a notification, so it belongs in a loop that tests the condition. There are no waits with a
// predicate: clang does not know that a lambda is called with the lock held.
//
//   const MutexLock lock(&mutex_);
//   while (queue_.empty()) not_empty_.Wait(&mutex_);
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  // Releases `*mutex`, waits for a notification, and takes `*mutex` again.
  void Wait(Mutex* mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();  // the caller still holds the mutex
  }

  // Like Wait(), but ends when SystemClock().SteadyNanoseconds() reaches `deadline_ns`; INT64_MAX means no deadline.
  // Returns false if the deadline has passed.
  bool WaitUntil(Mutex* mutex, int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    // The steady clock of libstdc++ and SystemClock() are both CLOCK_MONOTONIC.
    const std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds(deadline_ns)};
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    const std::cv_status status = condition_.wait_until(lock, deadline);
    lock.release();
    return status == std::cv_status::no_timeout;
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_MUTEX_H_
