// SPDX-License-Identifier: Apache-2.0
// A scan sends all its SYNs with the same numbers, and each probe is still counted once.
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/flow/views_test.h"

namespace tcpgauge {
namespace {

// nmap sends the SYNs of a scan with one sequence number, window and list of options, from one port.
class ScanThroughTranslation : public ViewsTest {
 protected:
  static constexpr uint32_t kNumber = 77;

  Way Before(int target) const { return {client_, Target(target), 0}; }
  Way After(int target) const { return {node_, Target(target), 1}; }
  static Endpoint Target(int target) { return At("192.0.2.1:" + std::to_string(1000 + target)); }
  void Probe(int target, double seconds) {
    FromClientOn({Before(target), After(target)}, [=](Segment s) { return s.Syn(kNumber).Time(seconds); });
  }
  void Refuse(int target, double seconds) {
    FromServerOn({Before(target), After(target)},
                 [=](Segment s) { return s.Rst().Seq(0).Ack(kNumber + 1).Time(seconds); });
  }
  void Accept(int target, double seconds) {
    const uint32_t server = 5000000 + target * 100000000u;
    FromServerOn({Before(target), After(target)},
                 [=](Segment s) { return s.Syn(server).Ack(kNumber + 1).Time(seconds); });
    FromClientOn({Before(target), After(target)}, [=](Segment s) { return s.Rst().Seq(kNumber + 1).Time(seconds); });
  }
  // Probes 100 targets in groups of ten. After each group, calls `answer(target, seconds)` for each target of it.
  template <typename Answer>
  void ScanInGroups(Answer answer) {
    for (int group = 0; group < 10; ++group) {
      for (int i = 0; i < 10; ++i) Probe(10 * group + i, 0.01 * group + 0.0001 * i);
      for (int i = 0; i < 10; ++i) answer(10 * group + i, 0.01 * group + 0.002 + 0.0001 * i);
    }
  }
};

TEST_F(ScanThroughTranslation, EachRefusedProbeIsCountedOnce) {
  options_.max_connections = 1000;
  ScanInGroups([this](int target, double seconds) { Refuse(target, seconds); });
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kRefused), 100u);
}

TEST_F(ScanThroughTranslation, EachAcceptedProbeIsCountedOnce) {
  options_.max_connections = 1000;
  ScanInGroups([this](int target, double seconds) { Accept(target, seconds); });
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kReset), 100u);
}

TEST_F(ScanThroughTranslation, EachUnansweredProbeIsCountedOnce) {
  options_.max_connections = 1000;
  for (int i = 0; i < 100; ++i) Probe(i, 0.0001 * i);
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kHandshakeTimeout), 100u);
}

TEST_F(ScanThroughTranslation, FewAnswersBelongToTheirProbes) {
  options_.max_connections = 1000;
  for (int i = 0; i < 100; ++i) {
    Probe(i, 0.001 * i);
    if (i % 7 == 3) Accept(i, 0.001 * i + 0.0005);
    if (i % 7 == 5) Refuse(i, 0.001 * i + 0.0005);
  }
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kReset), 14u);
  EXPECT_EQ(Closed(EndReason::kRefused), 14u);
  EXPECT_EQ(Closed(EndReason::kHandshakeTimeout), 72u);
}

class ScanOfServices : public ViewsTest {};

TEST_F(ScanOfServices, AScanOfServicesCountsEachProbeOnce) {
  for (int i = 0; i < 20; ++i) {
    const Way before{client_, At("10.96.0." + std::to_string(i) + ":80"), 0};
    const Way after{client_, At("10.0.7." + std::to_string(i) + ":8080"), 1};
    const uint32_t server = 5000000 + i * 100000000u;
    FromClientOn({before, after}, [=](Segment s) { return s.Syn(77).Time(0.001 * i); });
    if (i % 3 != 0) {
      FromServerOn({before, after}, [=](Segment s) { return s.Syn(server).Ack(78).Time(0.001 * i + 0.0015); });
    }
  }
  EXPECT_EQ(table().totals().opened_handshake, 20u);
  for (const ConnectionSummary& each : Live()) {
    if (each.server_sent.packets == 0) continue;
    EXPECT_EQ(each.server.address.ToString().rfind("10.0.7.", 0), 0u);
    EXPECT_EQ(each.service.address.ToString().substr(8), each.server.address.ToString().substr(7));
  }
}

}  // namespace
}  // namespace tcpgauge
