// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_sample.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

EdgeKey Key(uint16_t port) { return {IpAddress(), {IpAddress(), port}}; }

// Offers an amount of an edge to the sample.
void Offer(EdgeSample* sample, uint16_t port, double amount) {
  EdgeSample::Slot slot = sample->Find(Key(port));
  if (slot == EdgeSample::kNone) {
    slot = sample->Draw(amount);
    if (slot == EdgeSample::kNone) return;
    sample->Replace(slot, Key(port));
  }
  sample->AddWeight(slot, amount);
}

TEST(EdgeSample, EveryEdgeHasASlotWhileSlotsAreFree) {
  EdgeSample sample(100, 1);
  for (uint16_t port = 1; port <= 100; ++port) Offer(&sample, port, port);
  for (uint16_t port = 1; port <= 100; ++port) {
    const EdgeSample::Slot slot = sample.Find(Key(port));
    ASSERT_NE(slot, EdgeSample::kNone);
    EXPECT_TRUE(sample.Holds(slot, Key(port)));
    EXPECT_EQ(sample.weight(slot), port);
  }
  EXPECT_EQ(sample.limit(), 101u);
}

TEST(EdgeSample, AFloodOfLightEdgesDrivesNoHeavyOneOut) {
  EdgeSample sample(100, 1);
  for (uint16_t port = 1; port <= 20; ++port) Offer(&sample, port, 1e6);
  for (uint16_t port = 1000; port < 60000; ++port) Offer(&sample, port, 1);
  for (uint16_t port = 1; port <= 20; ++port) EXPECT_NE(sample.Find(Key(port)), EdgeSample::kNone) << port;
}

TEST(EdgeSample, APinnedEdgeKeepsItsSlot) {
  EdgeSample sample(4, 1);
  for (uint16_t port = 1; port <= 4; ++port) Offer(&sample, port, 1);
  sample.SetPinned(sample.Find(Key(2)), true);
  for (uint16_t port = 10; port < 1000; ++port) Offer(&sample, port, 1000);
  EXPECT_NE(sample.Find(Key(2)), EdgeSample::kNone);
  EXPECT_EQ(sample.Find(Key(1)), EdgeSample::kNone);
  for (size_t slot = 1; slot < sample.limit(); ++slot) sample.SetPinned(static_cast<EdgeSample::Slot>(slot), true);
  EXPECT_EQ(sample.Draw(1e9), EdgeSample::kNone) << "all are pinned";
}

TEST(EdgeSample, ANewEdgeDoesNotInheritWeightAndPinOfItsSlot) {
  EdgeSample sample(1, 1);
  Offer(&sample, 1, 1000);
  const EdgeSample::Slot slot = sample.Find(Key(1));
  sample.SetPinned(slot, true);
  EXPECT_TRUE(sample.InUse(slot));
  sample.Replace(slot, Key(2));
  EXPECT_EQ(sample.weight(slot), 0);
  EXPECT_FALSE(sample.is_pinned(slot));
  EXPECT_EQ(sample.Find(Key(1)), EdgeSample::kNone);
  EXPECT_EQ(sample.Find(Key(2)), slot);
}

TEST(EdgeSample, WeightsDecay) {
  EdgeSample sample(2, 1);
  Offer(&sample, 1, 100);
  sample.Decay(0.75);
  EXPECT_EQ(sample.weight(sample.Find(Key(1))), 75);
}

}  // namespace
}  // namespace tcpgauge
