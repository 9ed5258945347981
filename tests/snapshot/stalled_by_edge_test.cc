// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/stalled_by_edge.h"

#include <cstdint>
#include <map>
#include <memory>

#include "gtest/gtest.h"
#include "src/flow/binding_table.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;

// Numbered clients send to one server, so each client is an edge. The ranking window is 10 s.
class StalledByEdgeTest : public testing::Test {
 protected:
  void Make(size_t max_exported) {
    EdgeTableOptions options;
    options.max_exported = max_exported;
    edges_ = std::make_unique<EdgeTable>(options, EdgeTimes{10 * kSecond, 1000 * kSecond}, 1, &bindings_);
    stalled_ = std::make_unique<StalledByEdge>(edges_.get());
  }
  EdgeKey Key(uint32_t client) const {
    const uint8_t wire[4] = {10, static_cast<uint8_t>(client >> 16), static_cast<uint8_t>(client >> 8),
                             static_cast<uint8_t>(client)};
    return edges_->KeyOf(IpAddress::FromV4(wire), At("192.0.2.1:443"));
  }
  // Sends payload of a new connection of the client. Returns the slot of its edge.
  EdgeTable::Slot Send(uint32_t client, uint64_t bytes) {
    EdgeTable::Slot slot = EdgeTable::kNone;
    EdgeTraffic traffic;
    traffic.client_payload_bytes = bytes;
    edges_->Open(Key(client), now_);
    edges_->Credit(&slot, Key(client), /*is_open=*/true, traffic, now_);
    return slot;
  }
  void PassSeconds(int seconds) {
    for (; seconds > 0; --seconds) edges_->Rebalance(now_ += kSecond);
  }
  // The accounts at the end of a pass, as WorkerPublisher copies them.
  EdgesView EndOfPass() const {
    EdgesView edges;
    edges_->VisitExported(
        [&edges](const EdgeKey& key, const EdgeCounters& counters, const EdgeServices& services, int64_t start_ns) {
          edges.exported.push_back({key, counters, services, start_ns});
        });
    edges.other = edges_->other();
    stalled_->CopyTo(&edges);
    return edges;
  }
  // The stalled connections of the client's edge in `edges`, or -1 if the edge has no series.
  int64_t Of(const EdgesView& edges, uint32_t client) const {
    for (const EdgeView& edge : edges.exported) {
      if (edge.key == Key(client)) return edge.counters.stalled;
    }
    return -1;
  }

  BindingTable bindings_;
  std::unique_ptr<EdgeTable> edges_;
  std::unique_ptr<StalledByEdge> stalled_;
  int64_t now_ = kTestStartNs;
};

TEST_F(StalledByEdgeTest, AnAdmittedEdgeHasItsOwnAndAllOthersShareAnAccount) {
  Make(2);
  for (uint32_t client = 1; client <= 4; ++client) Send(client, 100);
  for (uint32_t client = 1; client <= 4; ++client) {
    for (uint32_t i = 0; i < client; ++i) stalled_->Add(Key(client));
  }
  stalled_->Add(Key(99));  // of an edge that is not watched
  const EdgesView edges = EndOfPass();
  EXPECT_EQ(Of(edges, 1), 1);
  EXPECT_EQ(Of(edges, 2), 2);
  EXPECT_EQ(edges.other.stalled, 8);
}

TEST_F(StalledByEdgeTest, ClearForgetsAll) {
  Make(1);
  Send(1, 100);
  stalled_->Add(Key(1));
  stalled_->Add(Key(2));
  stalled_->Clear();
  EdgesView edges = EndOfPass();
  EXPECT_EQ(Of(edges, 1), 0);
  EXPECT_EQ(edges.other.stalled, 0);
  stalled_->Add(Key(1));
  edges = EndOfPass();
  EXPECT_EQ(Of(edges, 1), 1);
  EXPECT_EQ(edges.other.stalled, 0);
}

TEST_F(StalledByEdgeTest, AnEdgeThatBeginsToRetireDuringThePassGivesItsCountToOther) {
  Make(1);
  Send(1, 100);
  PassSeconds(11);  // past the first window
  stalled_->Add(Key(1));
  Send(2, 1000000);
  PassSeconds(2);
  const EdgesView edges = EndOfPass();
  EXPECT_EQ(Of(edges, 1), 0) << "it still has series";
  EXPECT_EQ(edges.other.stalled, 1);
}

TEST_F(StalledByEdgeTest, EdgesThatAreAdmittedBeyondTheRoomOfThePassShareTheAccountOther) {
  Make(1);
  Send(1, 100);
  PassSeconds(11);  // past the first window
  stalled_->Add(Key(1));
  while (edges_->FindAdmitted(Key(2)) == EdgeTable::kNone) {
    ASSERT_LT(now_, kTestStartNs + 1000 * kSecond);
    Send(2, 1000000);
    PassSeconds(1);
  }
  stalled_->Add(Key(2));
  const EdgesView edges = EndOfPass();
  EXPECT_EQ(Of(edges, 2), 0);
  EXPECT_EQ(edges.other.stalled, 2);
}

TEST_F(StalledByEdgeTest, AnEdgeThatGetsTheSlotOfAnotherDoesNotGetItsCount) {
  Make(1);
  const EdgeTable::Slot slot = Send(1, 100);
  for (uint32_t client = 2; client < edges_->slot_limit(); ++client) Send(client, 1000);
  stalled_->Add(Key(1));
  stalled_->Add(Key(1));
  // The edge is replaced, and loses its slot to the first heavy edge that random admission puts there.
  PassSeconds(40);
  ASSERT_EQ(edges_->FindAdmitted(Key(1)), EdgeTable::kNone);
  uint32_t heir = 1000000;
  while (Send(heir, 100000) != slot) ASSERT_LT(++heir, 1100000);
  while (edges_->FindAdmitted(Key(heir)) != slot) {
    ASSERT_LT(now_, kTestStartNs + 1000 * kSecond);
    Send(heir, 100000000);
    PassSeconds(1);
  }
  EdgesView edges = EndOfPass();
  EXPECT_EQ(Of(edges, heir), 0);
  EXPECT_EQ(edges.other.stalled, 2);
  stalled_->Add(Key(heir));
  edges = EndOfPass();
  EXPECT_EQ(Of(edges, heir), 1);
  EXPECT_EQ(edges.other.stalled, 2);
}

}  // namespace
}  // namespace tcpgauge
