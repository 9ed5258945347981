// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/ended_queue.h"

#include <poll.h>
#include <prometheus/counter.h>

#include <thread>

#include "gtest/gtest.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/patience.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

NamedEndedConnection Ended(uint64_t id) {
  NamedEndedConnection ended;
  ended.connection.summary.id = id;
  return ended;
}

bool IsReadable(int fd) {
  pollfd entry = {fd, POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

TEST(EndedQueue, HandsOverInOrder) {
  Wakeup wakeup;
  prometheus::Counter lost;
  const Haste haste;
  const Patience patience(&SystemClock(), &haste);
  EndedQueue queue(false, &patience, &wakeup, &lost);
  EXPECT_EQ(queue.Front(), nullptr);
  queue.Push(Ended(1));
  queue.Push(Ended(2));
  EXPECT_EQ(queue.Front()->connection.summary.id, 1);
  queue.Pop();
  EXPECT_EQ(queue.Front()->connection.summary.id, 2);
  queue.Pop();
  EXPECT_EQ(queue.Front(), nullptr);
}

TEST(EndedQueue, CountsWhatDoesNotFit) {
  Wakeup wakeup;
  prometheus::Counter lost;
  const Haste haste;
  const Patience patience(&SystemClock(), &haste);
  EndedQueue queue(false, &patience, &wakeup, &lost);
  for (uint64_t i = 0; i < EndedQueue::kCapacity + 3; ++i) queue.Push(Ended(i));
  EXPECT_EQ(lost.Value(), 3);
  for (uint64_t i = 0; i < EndedQueue::kCapacity; ++i) {
    ASSERT_EQ(queue.Front()->connection.summary.id, i);
    queue.Pop();
  }
  EXPECT_EQ(queue.Front(), nullptr);
  queue.Push(Ended(7));
  EXPECT_EQ(queue.Front()->connection.summary.id, 7);
}

TEST(EndedQueue, WaitsForRoomOnceItMay) {
  Wakeup wakeup;
  prometheus::Counter lost;
  const Haste haste;
  const Patience patience(&SystemClock(), &haste);
  EndedQueue queue(false, &patience, &wakeup, &lost);
  queue.WaitFromNowOn();
  constexpr uint64_t kEntries = 3 * EndedQueue::kCapacity;
  std::thread worker([&queue] {
    for (uint64_t i = 0; i < kEntries; ++i) queue.Push(Ended(i));
  });
  for (uint64_t i = 0; i < kEntries;) {
    if (queue.Front() == nullptr) continue;
    EXPECT_EQ(queue.Front()->connection.summary.id, i++);
    queue.Pop();
  }
  worker.join();
  EXPECT_EQ(lost.Value(), 0);
}

TEST(EndedQueue, WaitsNoLongerThanThePatienceLasts) {
  Wakeup wakeup;
  prometheus::Counter lost;
  HandMovedClock clock;
  const Haste haste;
  Patience patience(&clock, &haste);
  patience.BeginEnd();
  clock.Move(Patience::kStallNs);
  EndedQueue queue(true, &patience, &wakeup, &lost);
  for (uint64_t i = 0; i < EndedQueue::kCapacity + 3; ++i) queue.Push(Ended(i));
  EXPECT_EQ(lost.Value(), 3);
}

TEST(EndedQueue, WakesOnlyAThreadThatWaits) {
  Wakeup wakeup;
  prometheus::Counter lost;
  const Haste haste;
  const Patience patience(&SystemClock(), &haste);
  EndedQueue queue(false, &patience, &wakeup, &lost);
  queue.Push(Ended(1));
  EXPECT_FALSE(IsReadable(wakeup.fd()));
  EXPECT_FALSE(queue.PrepareToWait()) << "there is work";
  queue.Push(Ended(2));
  EXPECT_FALSE(IsReadable(wakeup.fd()));
  queue.Pop();
  queue.Pop();
  EXPECT_TRUE(queue.PrepareToWait());
  queue.Push(Ended(3));
  EXPECT_TRUE(IsReadable(wakeup.fd()));
  wakeup.Clear();
  queue.Push(Ended(4));
  EXPECT_FALSE(IsReadable(wakeup.fd())) << "once is enough";
}

}  // namespace
}  // namespace tcpgauge
