// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_FLOW_VIEWS_TEST_H_
#define TCPGAUGE_TESTS_FLOW_VIEWS_TEST_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/duplicate_kind.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {

// A client reaches a server through a service address. The interfaces: 0 is towards the client, 1 towards the server.
class ViewsTest : public TableTest {
 protected:
  // One way that a packet takes: the addresses, interface and encapsulation there.
  struct Way {
    Endpoint client;
    Endpoint server;
    uint32_t interface = 0;
    uint16_t vlan = 0;  // 0: none
    uint32_t vni = 0;   // 0: no VXLAN
  };

  static Segment Place(Segment segment, const Way& way) {
    segment.On(way.interface);
    if (way.vlan != 0) segment.Vlan(way.vlan);
    if (way.vni != 0) segment.Tunnel(TunnelType::kVxlan, way.vni);
    return segment;
  }
  static Segment Up(const Way& way) { return Place(Segment(way.client, way.server), way); }
  static Segment Down(const Way& way) { return Place(Segment(way.server, way.client), way); }

  // Feeds a segment on each way, in the order in which the packet travels.
  template <typename Change>
  void FromClientOn(const std::vector<Way>& ways, Change change) {
    for (const Way& way : ways) Feed(change(Up(way)));
  }
  template <typename Change>
  void FromServerOn(const std::vector<Way>& ways, Change change) {
    for (size_t i = ways.size(); i > 0; --i) Feed(change(Down(ways[i - 1])));
  }
  void HandshakeOn(const std::vector<Way>& ways, double seconds = 0, uint32_t client = 1000, uint32_t server = 5000) {
    FromClientOn(ways, [=](Segment s) { return s.Syn(client).Time(seconds); });
    FromServerOn(ways, [=](Segment s) { return s.Syn(server).Ack(client + 1).Time(seconds + 0.020); });
    FromClientOn(ways, [=](Segment s) { return s.Seq(client + 1).Ack(server + 1).Time(seconds + 0.030); });
  }
  uint64_t Duplicates(size_t interface, DuplicateKind kind) { return table().duplicate_packets(interface, kind); }

  const Endpoint service_ = At("10.96.0.10:80");
  const Endpoint pod_ = At("10.0.7.7:8080");
  const Endpoint node_ = At("10.0.0.254:61000");
  const Way before_{client_, service_, 0};
  const Way dnat_{client_, pod_, 1};
  const Way snat_{node_, service_, 1};
  const Way both_{node_, pod_, 1};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_FLOW_VIEWS_TEST_H_
