// SPDX-License-Identifier: Apache-2.0
#include "tui/pcap_filter.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <memory>
#include <string>

#include "tests/tui/office_edges.h"
#include "tests/tui/scripted_traffic.h"
#include "tui/pcap_page.h"

namespace tcpgauge {
namespace {

// Whether libpcap accepts the filter.
bool Compiles(const std::string& filter) {
  const std::unique_ptr<pcap_t, void (*)(pcap_t*)> handle(pcap_open_dead(DLT_EN10MB, 256), &pcap_close);
  bpf_program program;
  if (pcap_compile(handle.get(), &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) return false;
  pcap_freecode(&program);
  return true;
}

TEST(PcapFilter, OfAConnectionHasItsFourNumbers) {
  Snapshot snapshot;
  snapshot.interfaces.push_back({{}, "eth0", true});
  snapshot.connections = {ScriptedConnection(1, EndpointOf("2001:db8::2", 40000), EndpointOf("2001:db8::1", 443))};
  const PcapFilter filter = PcapFilterOf(snapshot.connections[0], snapshot);
  EXPECT_EQ(filter.filter, "tcp and host 2001:db8::2 and port 40000 and host 2001:db8::1 and port 443");
  EXPECT_TRUE(Compiles(filter.filter));
  EXPECT_EQ(filter.interface, "eth0");
  EXPECT_EQ(filter.note, "");
}

TEST(PcapFilter, SeesTranslatedAddressesAndVlansAndSaysThatItSeesNoTunnel) {
  Snapshot snapshot;
  const Endpoint client = EndpointOf("10.0.0.1", 40000), server = EndpointOf("10.244.0.2", 8080),
                 service = EndpointOf("10.96.0.10", 80);
  Encapsulation encapsulation;
  encapsulation.AddVlan(7);
  encapsulation.AddVlan(8);
  encapsulation.AddTunnel({TunnelType::kVxlan, true, 1});
  snapshot.encapsulations.push_back(encapsulation);
  snapshot.connections = {ScriptedConnection(1, client, server)};
  ConnectionSummary& connection = snapshot.connections[0];
  connection.service = service;
  connection.encapsulation = 1;
  snapshot.views = {{client, service, 0}, {client, server, 1}};
  connection.view_count = 2;
  const PcapFilter filter = PcapFilterOf(connection, snapshot);
  EXPECT_EQ(filter.filter,
            "vlan 7 and vlan 8 and tcp and ((host 10.0.0.1 and port 40000 and host 10.244.0.2 and port 8080) or "
            "(host 10.0.0.1 and port 40000 and host 10.96.0.10 and port 80))");
  EXPECT_TRUE(Compiles(filter.filter));
  EXPECT_EQ(filter.note, "It cannot look into the tunnel (vxlan): capture where the packets have left it.");
}

TEST(PcapFilter, OfEachGroupCompiles) {
  const std::shared_ptr<Snapshot> snapshot = OfficeEdges(3);
  snapshot->edges.v4_prefix_bits = 32;
  GroupOrder order;
  for (int i = 1; i < static_cast<int>(Grouping::kCount); ++i) {
    const auto grouping = static_cast<Grouping>(i);
    GroupOrder::Wish wish;
    wish.grouping = grouping;
    order.Rebuild(snapshot, wish);
    for (const GroupRow& row : order.rows()) {
      const std::string filter = PcapFilterOf(row, grouping, *snapshot).filter;
      const bool has_address =
          row.group != nullptr && (grouping != Grouping::kWorkloads || row.group->workload_number != 0);
      EXPECT_EQ(filter.empty(), !has_address);
      EXPECT_TRUE(filter.empty() || Compiles(filter)) << filter;
    }
  }
}

TEST(PcapFilter, OfAWorkloadWithManyServersIsCutAndSaysSo) {
  const std::shared_ptr<Snapshot> snapshot = OfficeEdges(3);
  const IdentityRef web = snapshot->identities[1];
  for (int i = 0; i < 40; ++i) {
    AddOfficeEdge("10.0.0.1", "10.1.0." + std::to_string(i), 80, 1, 1, {}, snapshot.get(), nullptr, web);
  }
  GroupOrder order;
  GroupOrder::Wish wish;
  wish.grouping = Grouping::kWorkloads;
  order.Rebuild(snapshot, wish);
  int found = 0;
  for (const GroupRow& row : order.rows()) {
    if (row.group == nullptr || row.group->workload_number != web->workload_number) continue;
    const PcapFilter filter = PcapFilterOf(row, Grouping::kWorkloads, *snapshot);
    EXPECT_EQ(filter.note, "It has the first 16 addresses alone.");
    EXPECT_TRUE(Compiles(filter.filter)) << filter.filter;
    ++found;
  }
  EXPECT_EQ(found, 1);
}

TEST(PcapPage, BreaksALongFilterBetweenWords) {
  PcapFilter filter;
  filter.filter = "tcp and host 10.0.0.1 and port 40000";
  const Frame frame = BuildPcapPage(filter, 20);
  std::string text;
  for (size_t i = 2; i < frame.size() && frame[i].width() > 0; ++i) {
    EXPECT_LE(frame[i].width(), 20);
    text += (text.empty() ? "" : " ") + frame[i].spans()[0].text;
  }
  EXPECT_EQ(text, filter.filter);
}

}  // namespace
}  // namespace tcpgauge
