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
// Why annotations. A member names its lock with ABSL_GUARDED_BY. A function names the lock that its callers hold with
// ABSL_EXCLUSIVE_LOCKS_REQUIRED. In the configuration `checked` (.bazelrc), clang rejects every access without the lock
// (-Wthread-safety). gcc ignores the annotations.
//
// Why not the standard classes. libstdc++ does not annotate them, so clang would not see that a lock is taken.
//
// Why not absl::Mutex. absl::Mutex is annotated for clang, but the thread sanitizer does not see its locks. The
// sanitizer learns of locks by intercepting pthread_mutex_lock(). std::mutex calls that function, absl::Mutex does not.
// absl::Mutex tells the sanitizer of its locks only when abseil was compiled for the sanitizer. Debian's abseil was
// not, so the sanitizer would report races where there are none. The ABSL_ macros are still usable, because they
// contain no code.
//
// For example:
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

// A lock that one thread holds at a time. Not recursive: the thread that holds the lock must not call Lock() or
// TryLock(). Prefer MutexLock to Lock() and Unlock().
// Thread: any.
class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  // Returns false at once if another thread holds the lock. Otherwise takes the lock and returns true.
  bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) { return mutex_.try_lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class CondVar;

  std::mutex mutex_;
};

// Locks a mutex in its constructor, and unlocks the mutex in its destructor. The mutex must outlive the MutexLock.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(*mutex) { mutex_.Lock(); }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Lets threads wait until another thread notifies them. All waiting threads must pass the same mutex.
//
// A wait may end without a notification, so put it in a loop that tests the condition:
//
//   const MutexLock lock(&mutex_);
//   while (queue_.empty()) not_empty_.Wait(&mutex_);
//
// There is no Wait() that takes the condition as a lambda, because clang does not know that a lambda is called with the
// lock held.
//
// Thread: any. The notifying thread need not hold the mutex.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  // Unlocks `*mutex`, waits for a notification, and locks `*mutex` again.
  void Wait(Mutex* mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();  // the caller still holds the mutex
  }

  // Like Wait(), but stops waiting when SystemClock().SteadyNanoseconds() reaches `deadline_ns`. Returns false if the
  // deadline ended the wait. INT64_MAX means no deadline. `*mutex` is locked again in every case.
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
