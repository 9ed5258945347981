// SPDX-License-Identifier: Apache-2.0
#include "src/capture/batch_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace tcpgauge {
namespace {

TEST(BatchQueue, HandsEveryPacketOverInOrder) {
  constexpr uint32_t kPackets = 300000;
  StopSignal stop;
  BatchQueue queue(&stop);
  std::thread producer([&] {
    PacketBatch* batch = queue.Back();
    for (uint32_t i = 0; i < kPackets; ++i) {
      batch->Add()->sequence_number = i;
      if (!batch->full()) continue;
      queue.Push();
      batch = queue.Back();
    }
    queue.Push();
    queue.Close(absl::DataLossError("cut off"), 42);
  });
  uint32_t next = 0;
  while (const PacketBatch* front = queue.Front()) {
    PacketBatch batch;
    batch.CopyFrom(*front);
    queue.Pop();
    for (const DecodedPacket& packet : batch.packets()) ASSERT_EQ(packet.sequence_number, next++);
  }
  producer.join();
  EXPECT_EQ(next, kPackets);
  ASSERT_TRUE(queue.closed());
  EXPECT_TRUE(absl::IsDataLoss(queue.status()));
  EXPECT_EQ(queue.end_time_ns(), 42);
}

TEST(BatchQueue, StopEndsTheWaitForPackets) {
  StopSignal stop;
  BatchQueue queue(&stop);
  std::thread stopper([&] { stop.Stop(); });
  EXPECT_EQ(queue.Front(), nullptr);
  EXPECT_FALSE(queue.closed());
  stopper.join();
}

TEST(BatchQueue, StopEndsTheWaitForRoom) {
  StopSignal stop;
  BatchQueue queue(&stop);
  for (size_t i = 0; i < BatchQueue::kCapacity; ++i) {
    ASSERT_NE(queue.Back(), nullptr);
    queue.Push();
  }
  std::thread stopper([&] { stop.Stop(); });
  EXPECT_EQ(queue.Back(), nullptr);
  stopper.join();
}

}  // namespace
}  // namespace tcpgauge
