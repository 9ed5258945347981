// SPDX-License-Identifier: Apache-2.0
#include <prometheus/counter.h>

#include <thread>

#include "gtest/gtest.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/patience.h"
#include "src/base/wakeup.h"
#include "src/snapshot/ended_queue.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kEntries = 200000;

void PushAll(EndedQueue* queue) {
  NamedEndedConnection ended;
  for (uint64_t i = 1; i <= kEntries; ++i) {
    ended.connection.summary.id = i;
    ended.connection.summary.client_sent.packets = i;
    queue->Push(ended);
  }
}

TEST(EndedQueueStress, LosesNothingWhenItMayWait) {
  Wakeup wakeup;
  Wakeup never;
  prometheus::Counter lost;
  const Haste haste;
  const Patience patience(&SystemClock(), &haste);
  EndedQueue queue(true, &patience, &wakeup, &lost);
  std::thread capture([&] { PushAll(&queue); });
  for (uint64_t next = 1; next <= kEntries;) {
    const NamedEndedConnection* ended = queue.Front();
    if (ended == nullptr) {
      // Waits as the logging thread does. If a wakeup is lost, this hangs.
      if (queue.PrepareToWait()) wakeup.Wait(never.fd(), -1);
      continue;
    }
    ASSERT_EQ(ended->connection.summary.id, next);
    ASSERT_EQ(ended->connection.summary.client_sent.packets, next);
    queue.Pop();
    ++next;
  }
  capture.join();
  EXPECT_EQ(queue.Front(), nullptr);
  EXPECT_EQ(lost.Value(), 0);
}

TEST(EndedQueueStress, CountsWhatItLosesAndKeepsTheOrder) {
  Wakeup wakeup;
  prometheus::Counter lost;
  const Haste haste;
  const Patience patience(&SystemClock(), &haste);
  EndedQueue queue(false, &patience, &wakeup, &lost);
  std::thread capture([&] { PushAll(&queue); });
  uint64_t last = 0;
  uint64_t taken = 0;
  while (taken + static_cast<uint64_t>(lost.Value()) < kEntries || queue.Front() != nullptr) {
    const NamedEndedConnection* ended = queue.Front();
    if (ended == nullptr) continue;
    ASSERT_GT(ended->connection.summary.id, last);
    last = ended->connection.summary.id;
    queue.Pop();
    ++taken;
  }
  capture.join();
  EXPECT_EQ(taken + static_cast<uint64_t>(lost.Value()), kEntries);
}

}  // namespace
}  // namespace tcpgauge
