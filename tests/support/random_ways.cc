// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_ways.h"

#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMicrosecond = 1000;

PacketDirection Opposite(PacketDirection direction) {
  switch (direction) {
    case PacketDirection::kIn:
      return PacketDirection::kOut;
    case PacketDirection::kOut:
      return PacketDirection::kIn;
    case PacketDirection::kUnknown:
      break;
  }
  return PacketDirection::kUnknown;
}

}  // namespace

RandomWays::RandomWays(uint32_t number, const std::vector<Endpoint>& others, std::mt19937_64* random)
    : random_(*random) {
  first_direction_ = static_cast<PacketDirection>(Below(3));
  if (Below(2) == 0) {
    const uint32_t count = 1 + Below(3);
    for (uint32_t i = 1; i <= count; ++i) ways_.push_back(MakeWay(number, i, others));
  }
  ChooseAgain();
}

RandomWays::Way RandomWays::MakeWay(uint32_t number, uint32_t place, const std::vector<Endpoint>& others) {
  Way way;
  way.interface = place;
  way.direction = static_cast<PacketDirection>(Below(3));
  if (Below(4) == 0) {  // a hairpin, or the same stretch
    way.interface = 0;
    way.direction = Below(3) == 0 ? first_direction_ : Opposite(first_direction_);
  }
  const uint32_t kind = Below(8);
  const auto translated = [&](const char* otherwise, uint16_t port) {
    if (Below(4) == 0) return others[Below(static_cast<uint32_t>(others.size()))];
    Endpoint endpoint = At(otherwise);
    endpoint.port = static_cast<uint16_t>(port + number);
    return endpoint;
  };
  if (kind == 0 || kind == 1 || kind == 2) way.server = translated("10.1.0.1:0", 8000);
  if (kind == 2 || kind == 3) way.client = translated("10.2.0.1:0", 61000);
  if (kind == 4 || (kind < 4 && Below(5) == 0)) {
    way.up.emplace();
    way.up->AddTunnel({TunnelType::kVxlan, true, 42});
    way.down = way.up;
    if (Below(3) == 0) {
      way.down->clear();
      way.down->AddTunnel({TunnelType::kVxlan, true, 43});
    }
  } else if (kind == 5) {
    way.up.emplace();
    way.down.emplace();
    if (Below(3) != 0) way.up->AddVlan(10);
    if (Below(3) != 0) way.down->AddVlan(20);
  }
  if (Below(6) == 0) way.server_offset = static_cast<uint32_t>(random_());
  way.changes_options = Below(20) == 0;
  return way;
}

void RandomWays::ChooseAgain() {
  in_use_.clear();
  if (ways_.empty() || Below(8) != 0) in_use_.push_back(0);
  for (size_t i = 1; i <= ways_.size(); ++i) {
    if (Below(4) != 0 || in_use_.empty()) in_use_.push_back(i);
  }
  answers_on_.reset();
  if (Below(6) == 0) answers_on_ = in_use_[Below(static_cast<uint32_t>(in_use_.size()))];
}

DecodedPacket RandomWays::CopyOn(const Way& way, const DecodedPacket& packet, bool from_client) {
  DecodedPacket copy = packet;
  const bool has_ports = packet.kind == DecodedPacket::Kind::kTcpSegment;
  const auto place = [has_ports](const std::optional<Endpoint>& from, Endpoint* to) {
    if (!from) return;
    to->address = from->address;
    if (has_ports) to->port = from->port;
  };
  place(way.client, from_client ? &copy.source : &copy.destination);
  place(way.server, from_client ? &copy.destination : &copy.source);
  const std::optional<Encapsulation>& encapsulation = from_client ? way.up : way.down;
  if (encapsulation) copy.encapsulation = *encapsulation;
  copy.interface = way.interface;
  copy.direction = from_client ? way.direction : Opposite(way.direction);
  if (!from_client) {
    copy.sequence_number += way.server_offset;
  } else if (packet.tcp_flags & kTcpAck) {
    copy.acknowledgment_number += way.server_offset;
  }
  if (way.changes_options) copy.option_kinds ^= 1;
  return copy;
}

void RandomWays::Spread(const DecodedPacket& packet, bool from_client, std::vector<Copy>* copies) {
  if (!ways_.empty() && Below(200) == 0) ChooseAgain();
  int64_t delay_ns = 0;
  for (size_t i = 0; i < in_use_.size(); ++i) {
    const size_t way = from_client ? in_use_[i] : in_use_[in_use_.size() - 1 - i];
    if (!from_client && answers_on_ && way != *answers_on_) continue;
    if (i > 0) {
      delay_ns += Below(300) * kMicrosecond;
      if (Below(60) == 0) delay_ns += int64_t{Below(200000)} * kMicrosecond;   // about the window of other segments
      if (Below(60) == 0) delay_ns += int64_t{Below(2000000)} * kMicrosecond;  // about the window of a SYN
      if (Below(20) == 0) continue;                                            // the copy is lost
    }
    DecodedPacket copy = packet;
    if (way > 0) {
      copy = CopyOn(ways_[way - 1], packet, from_client);
      // No translation gives both ends the same address and port.
      if (copy.source == copy.destination && !(packet.source == packet.destination)) continue;
    } else if (packet.interface == 0) {
      copy.direction = from_client ? first_direction_ : Opposite(first_direction_);
    }
    copy.time_ns += delay_ns;
    copies->push_back({copy, way});
  }
}

}  // namespace tcpgauge
