// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/ended_queue.h"

#include <poll.h>
#include <prometheus/counter.h>

#include "gtest/gtest.h"

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
  EndedQueue queue(false, &wakeup, &lost);
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
  EndedQueue queue(false, &wakeup, &lost);
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

TEST(EndedQueue, WakesOnlyAThreadThatWaits) {
  Wakeup wakeup;
  prometheus::Counter lost;
  EndedQueue queue(false, &wakeup, &lost);
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
