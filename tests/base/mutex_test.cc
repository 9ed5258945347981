// SPDX-License-Identifier: Apache-2.0
#include "src/base/mutex.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "src/base/clock.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMinuteNs = 60 * kNanosecondsPerSecond;

// A number that threads increment and wait for.
class Counter {
 public:
  void Add() {
    const MutexLock lock(&mutex_);
    ++value_;
    changed_.NotifyAll();
  }
  void WaitFor(int value) {
    const MutexLock lock(&mutex_);
    while (value_ < value) changed_.Wait(&mutex_);
  }
  // False if the deadline passed first.
  bool WaitUntil(int value, int64_t deadline_ns) {
    const MutexLock lock(&mutex_);
    while (value_ < value) {
      if (!changed_.WaitUntil(&mutex_, deadline_ns)) return value_ >= value;
    }
    return true;
  }
  int value() {
    const MutexLock lock(&mutex_);
    return value_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int value_ ABSL_GUARDED_BY(mutex_) = 0;
};

int64_t NowNs() { return SystemClock().SteadyNanoseconds(); }

TEST(Mutex, KeepsThreadsApart) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&counter] {
      for (int i = 0; i < 1000; ++i) counter.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 4000);
}

TEST(CondVar, WaitsUntilAnotherThreadNotifies) {
  Counter there, back;
  std::thread other([&] {
    for (int i = 1; i <= 100; ++i) {
      there.WaitFor(i);
      back.Add();
    }
  });
  for (int i = 1; i <= 100; ++i) {
    there.Add();
    back.WaitFor(i);
  }
  other.join();
  EXPECT_EQ(back.value(), 100);
}

TEST(CondVar, GivesUpAtItsDeadlineAndNotBefore) {
  Counter counter;
  const int64_t deadline_ns = NowNs() + kNanosecondsPerSecond / 100;
  EXPECT_FALSE(counter.WaitUntil(1, deadline_ns));
  EXPECT_GE(NowNs(), deadline_ns);
  EXPECT_FALSE(counter.WaitUntil(1, 0)) << "a deadline that has passed";
}

TEST(CondVar, EndsATimedWaitWhenNotified) {
  for (const int64_t deadline_ns : {NowNs() + 60 * kMinuteNs, INT64_MAX}) {
    Counter counter;
    std::thread other([&counter] { counter.Add(); });
    EXPECT_TRUE(counter.WaitUntil(1, deadline_ns));
    other.join();
  }
}

TEST(Mutex, TryLockReturnsAtOnce) {
  Mutex mutex;
  const auto try_elsewhere = [&mutex] {
    bool is_locked = false;
    std::thread([&] {
      if (!mutex.TryLock()) return;
      is_locked = true;
      mutex.Unlock();
    }).join();
    return is_locked;
  };
  EXPECT_TRUE(try_elsewhere());
  {
    const MutexLock lock(&mutex);
    EXPECT_FALSE(try_elsewhere());
  }
  EXPECT_TRUE(try_elsewhere());
}

}  // namespace
}  // namespace tcpgauge
