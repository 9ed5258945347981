// SPDX-License-Identifier: Apache-2.0
#include "tests/support/translated_traffic.h"

#include <algorithm>
#include <random>
#include <utility>

#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr auto kIn = PacketDirection::kIn;
constexpr auto kOut = PacketDirection::kOut;

constexpr double kSecondsBetween = 0.002;  // two connections
constexpr size_t kPorts = 750;

// A place on the way of a packet: how the packet looks there, as the client's or the server's end sends it.
struct Hop {
  Endpoint client;
  Endpoint server;
  std::string interface;
  PacketDirection direction = PacketDirection::kUnknown;
  uint32_t network = 0;  // of VXLAN; 0: no tunnel
};
struct Way {
  std::vector<Hop> to_server;
  std::vector<Hop> to_client;
};

class Maker {
 public:
  Maker(uint64_t seed, const OwnerFunction& owners) : random_(seed), owners_(owners) {
    traffic_.captured.resize(owners.workers());
  }

  TranslatedTraffic Make(size_t connections) {
    for (size_t i = 0; i < connections; ++i) Add(i, TestTime(kSecondsBetween * static_cast<double>(i)));
    for (auto& packets : traffic_.captured) {
      std::stable_sort(packets.begin(), packets.end(),
                       [](const auto& a, const auto& b) { return a.packet.time_ns < b.packet.time_ns; });
    }
    return std::move(traffic_);
  }

 private:
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

  Way MakeWay(size_t number) {
    // A port is used again after kPorts connections, when the earlier ones have ended.
    const std::string port = ":" + std::to_string(20000 + number % kPorts);
    const std::string host = std::to_string(Below(3));
    const Endpoint client = At("192.0.2." + host + port);
    const Endpoint service = At("10.96.0.10:443");
    const Endpoint node = At("203.0.113.1" + port);
    const Endpoint pod = At("10.244.1." + std::to_string(Below(3)) + ":8443");
    // The replies go back the same way, unless a case below says otherwise.
    Way way;
    const auto add = [&way](Hop hop) { way.to_server.push_back(std::move(hop)); };
    switch (Below(9)) {
      case 0:  // no translation, one stretch
        add({At("198.51.100." + host + port), pod, "eth0", kIn});
        break;
      case 1:  // no translation, two stretches
        add({At("198.51.100." + host + port), pod, "eth0", kIn});
        add({At("198.51.100." + host + port), pod, "veth1", kOut});
        break;
      case 2:  // destination NAT
        add({client, service, "eth0", kIn});
        add({client, pod, "veth1", kOut});
        break;
      case 3:  // destination and source NAT one after the other
        add({client, service, "eth0", kIn});
        add({client, pod, "br0", kIn});
        add({node, pod, "br0", kOut});
        add({node, pod, "veth1", kOut});
        break;
      case 4:  // a pod that reaches itself through its service
        add({pod, service, "veth1", kIn});
        way.to_server.back().client.port = client.port;
        add({node, pod, "veth1", kOut});
        break;
      case 5: {  // NAT64
        const Endpoint client6 = At("[2001:db8::1]" + port);
        add({client6, At("[64:ff9b::c633:6402]:443"), "eth0", kIn});
        add({node, At("198.51.100.2:443"), "eth1", kOut});
        break;
      }
      case 6:  // an overlay, behind source NAT
        add({client, pod, "veth1", kIn});
        add({node, pod, "vxlan0", kOut});
        add({node, pod, "eth0", kOut, 42});
        break;
      case 7:  // direct server return: the service's address is translated only on the way back
        add({client, pod, "eth0", kIn, 42});
        add({client, pod, "veth1", kOut});
        way.to_client.push_back({client, pod, "veth1", kIn});
        way.to_client.push_back({client, service, "eth0", kOut});
        return way;
      default:  // the directions are not known
        add({client, service, "eth0"});
        add({node, pod, "eth1"});
        break;
    }
    way.to_client.assign(way.to_server.rbegin(), way.to_server.rend());
    for (Hop& hop : way.to_client) {
      if (hop.direction != PacketDirection::kUnknown) hop.direction = hop.direction == kIn ? kOut : kIn;
    }
    return way;
  }

  void Add(size_t number, int64_t time_ns) {
    const Way way = MakeWay(number);
    const uint32_t client_number = Below(0xffffffff), server_number = Below(0xffffffff);
    TranslatedTraffic::Connection connection;
    connection.owner = owners_.OwnerOf(way.to_server[0].client, way.to_server[0].server);
    connection.has_one_view = true;
    for (const auto* hops : {&way.to_server, &way.to_client}) {
      for (const Hop& hop : *hops) {
        connection.has_one_view =
            connection.has_one_view && hop.client == way.to_server[0].client && hop.server == way.to_server[0].server;
      }
    }
    traffic_.connections.push_back(connection);
    // The worker that captures what the outer addresses of a tunnel give to it, in both directions.
    const size_t tunnel_captor = Below(static_cast<uint32_t>(owners_.workers()));
    const auto send = [&](bool by_client, uint8_t flags, uint32_t sequence_number, bool in_fragments) {
      for (const Hop& hop : by_client ? way.to_server : way.to_client) {
        time_ns += 5000 + Below(20000);
        Segment segment = by_client ? Segment(hop.client, hop.server) : Segment(hop.server, hop.client);
        segment.TimeNs(time_ns).Seq(sequence_number).Flags(flags);
        if (flags & kTcpAck) segment.Ack(by_client ? server_number + 1 : client_number + 1);
        if (hop.network != 0) segment.Tunnel(TunnelType::kVxlan, hop.network);
        if (!in_fragments) {
          Capture(number, tunnel_captor, hop, segment);
          continue;
        }
        const uint32_t id = ++fragment_id_;
        Capture(number, tunnel_captor, hop, Segment(segment).FirstFragment(id));
        Capture(number, tunnel_captor, hop, Segment(segment).FollowingFragment(id));
      }
      time_ns += 100000 + Below(200000);
    };
    const bool in_fragments = Below(4) == 0;
    send(true, kTcpSyn, client_number, false);
    if (Below(10) == 0) {
      time_ns += Seconds(1);
      send(true, kTcpSyn, client_number, false);
    }
    send(false, kTcpSyn | kTcpAck, server_number, false);
    for (uint32_t left = 1 + Below(6); left > 0; --left) {
      send(true, kTcpAck, client_number + 1, in_fragments);
      send(false, kTcpAck, server_number + 1, in_fragments);
    }
    send(true, kTcpAck | kTcpFin, client_number + 1, false);
    send(false, kTcpAck | kTcpFin, server_number + 1, false);
    send(true, kTcpAck, client_number + 2, false);
  }

  void Capture(size_t number, size_t tunnel_captor, const Hop& hop, DecodedPacket packet) {
    packet.wire_length_bytes = static_cast<uint32_t>(number);
    packet.direction = hop.direction;
    size_t captor = tunnel_captor;
    if (hop.network == 0) {
      captor = packet.is_fragment ? owners_.OwnerOfDatagrams(packet.source.address, packet.destination.address)
                                  : owners_.OwnerOf(packet.source, packet.destination);
    }
    ++traffic_.connections[number].packets;
    traffic_.captured[captor].push_back({packet, hop.interface});
  }

  std::mt19937_64 random_;
  const OwnerFunction& owners_;
  TranslatedTraffic traffic_;
  uint32_t fragment_id_ = 0;
};

}  // namespace

TranslatedTraffic MakeTranslatedTraffic(uint64_t seed, const OwnerFunction& owners, size_t connections) {
  return Maker(seed, owners).Make(connections);
}

}  // namespace tcpgauge
