// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_traffic.h"

#include <algorithm>
#include <string>

#include "src/decode/payload_start.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMicrosecond = 1000;
constexpr uint32_t kSecondUs = 1000000;
constexpr int64_t kSecond = 1000000000;

// Returns how a payload at this sequence number begins. Copies of a segment have equal numbers, and so equal payloads.
PayloadStart StartOfPayloadAt(uint32_t sequence_number) {
  constexpr PayloadStart kStarts[] = {PayloadStart::kOther,
                                      PayloadStart::kOther,
                                      PayloadStart::kOther,
                                      PayloadStart::kOther,
                                      PayloadStart::kOther,
                                      PayloadStart::kOther,
                                      PayloadStart::kApplicationData,
                                      PayloadStart::kApplicationData,
                                      PayloadStart::kApplicationData,
                                      PayloadStart::kNotCaptured,
                                      PayloadStart::kNotCaptured,
                                      PayloadStart::kClientHello,
                                      PayloadStart::kHandshake,
                                      PayloadStart::kAlert,
                                      PayloadStart::kChangeCipherSpec,
                                      PayloadStart::kChangeCipherSpecAndClientHello};
  return kStarts[sequence_number * 0x9e3779b1u >> 28];
}

}  // namespace

RandomTraffic::RandomTraffic(uint64_t seed) : random_(seed) {
  const struct {
    const char* client;
    const char* server;
    uint16_t vlan;
    uint32_t network;
  } kConversations[] = {
      {"10.0.0.1:40000", "10.0.0.2:80", 0, 0},
      {"10.0.0.1:40000", "10.0.0.2:80", 7, 0},
      {"10.0.0.1:40000", "10.0.0.2:80", 0, 7},
      {"10.0.0.1:40001", "10.0.0.2:80", 0, 0},
      {"10.0.0.9:50000", "10.0.0.2:80", 0, 0},
      {"10.0.0.2:50000", "10.0.0.1:60000", 0, 0},
      {"10.0.0.2:50001", "10.0.0.1:60000", 0, 0},
      {"10.0.0.3:1000", "10.0.0.4:1000", 0, 0},
      {"10.0.0.3:1001", "10.0.0.4:1000", 8, 0},
      {"10.0.0.3:700", "10.0.0.3:700", 0, 0},
      {"[2001:db8::1]:40000", "[2001:db8::2]:443", 0, 0},
      {"[2001:db8::1]:40000", "[2001:db8::2]:443", 9, 9},
      {"[2001:db8::1]:443", "[2001:db8::2]:444", 0, 0},
      {"10.0.0.1:40002", "10.0.0.2:22", 10, 0},
  };
  for (const auto& c : kConversations) {
    Conversation conversation;
    conversation.ends[0] = At(c.client);
    conversation.ends[1] = At(c.server);
    if (c.vlan > 0) conversation.encapsulation.AddVlan(c.vlan);
    if (c.network > 0) conversation.encapsulation.AddTunnel({TunnelType::kVxlan, true, c.network});
    conversation.timestamps = Below(2) == 0;
    conversation.step = static_cast<int>(Below(8));
    for (uint32_t& next : conversation.next) next = InitialSequence();
    for (uint32_t& initial : conversation.initial) initial = Below(8) == 0 ? 0 : InitialSequence();
    conversations_.push_back(conversation);
  }
  std::vector<Endpoint> ends;
  for (const Conversation& conversation : conversations_) ends.push_back(conversation.ends[Below(2)]);
  for (uint32_t i = 0; i < conversations_.size(); ++i) ways_.emplace_back(i, ends, &random_);
}

uint32_t RandomTraffic::InitialSequence() {
  const uint32_t any = static_cast<uint32_t>(random_());
  return Below(4) == 0 ? any | 0xfffff000u : any;
}

int64_t RandomTraffic::NextTime() {
  const uint32_t what = Below(1000);
  uint32_t ahead_us = 0;
  if (what < 600) {
    ahead_us = Below(200);
  } else if (what < 930) {
    ahead_us = Below(30000);
  } else if (what < 985) {
    ahead_us = Below(2 * kSecondUs);
  } else if (what < 997) {
    ahead_us = Below(40 * kSecondUs);
  } else if (what < 999) {
    ahead_us = Below(200 * kSecondUs);
  } else {
    clock_ns_ -= int64_t{Below(kSecondUs)} * 3600 * kMicrosecond;  // the clock is set back
  }
  if (clock_ns_ < latest_ns_ && Below(50) == 0) clock_ns_ = latest_ns_;  // the clock is right again
  clock_ns_ += ahead_us * kMicrosecond;
  latest_ns_ = std::max(latest_ns_, clock_ns_);
  return clock_ns_;
}

Segment RandomTraffic::From(const Conversation& conversation, int sender) const {
  return Segment(conversation.ends[sender], conversation.ends[1 - sender]);
}

void RandomTraffic::FallSilent(Conversation* c, int64_t duration_ns) { c->silent_until_ns = latest_ns_ + duration_ns; }

// A conversation that sends the next packet. A few conversations have most of the traffic, so that the others reach
// their time-outs.
RandomTraffic::Conversation& RandomTraffic::Choose() {
  for (;;) {
    const uint32_t count = static_cast<uint32_t>(conversations_.size());
    Conversation& c = conversations_[Below(3) == 0 ? Below(count) : Below(1 + Below(count))];
    if (c.silent_until_ns <= latest_ns_) return c;
    if (Below(40) == 0) {
      clock_ns_ = latest_ns_ = c.silent_until_ns;
      return c;
    }
  }
}

// The next segment of a conversation that follows TCP.
Segment RandomTraffic::Expected(Conversation* c) {
  if (c->late > 0) return AfterTheEnd(c);
  if (c->syn_gap_ns > 0) {
    Segment syn = From(*c, 0).Syn(c->initial[0]);
    c->syn_gap_ns = Below(6) == 0 ? 0 : 2 * c->syn_gap_ns - Below(3) * (kSecond / 4);
    if (c->syn_gap_ns > 70 * kSecond) c->syn_gap_ns = 0;
    FallSilent(c, c->syn_gap_ns);
    Finish(&syn, c, 0);
    return syn;
  }
  const int step = c->step++;
  if (step == 0) {
    if (Below(8) == 0) std::swap(c->ends[0], c->ends[1]);  // the other end becomes the client
    if (Below(3) != 0) c->initial[0] = InitialSequence();
    if (Below(3) != 0) c->initial[1] = InitialSequence();
    for (int end = 0; end < 2; ++end) {
      constexpr uint8_t kScales[] = {0, 7, DecodedPacket::kMaxWindowScale, DecodedPacket::kNoWindowScale};
      c->window_scale[end] = kScales[Below(4)];
      c->window[end] = static_cast<uint16_t>(Below(3) == 0 ? Below(65536) : 1000);
      c->fin[end] = false;
    }
    c->next[0] = c->initial[0] + 1;
    c->next[1] = c->initial[1] + 1;
    Segment syn = From(*c, 0).Syn(c->initial[0]);
    if (Below(10) == 0) {
      syn.Payload(100);
      c->next[0] += 100;
    } else if (Below(3) == 0) {
      constexpr int kGaps[] = {1, 4, 16, 17, 32, 33, 64};
      c->syn_gap_ns = kGaps[Below(7)] * kSecond + Below(3) * (kSecond / 4);
      FallSilent(c, c->syn_gap_ns);
    }
    Finish(&syn, c, 0);
    return syn;
  }
  if (step == 1) {
    Segment syn_ack = From(*c, 1).Syn(c->initial[1]).Ack(c->next[0]);
    if (Below(20) == 0) {
      syn_ack = From(*c, 1).Ack(c->next[0]).Rst();
      c->step = static_cast<int>(Below(2));
      if (Below(2) == 0) c->syn_gap_ns = kSecond / 2;  // the SYN is repeated nevertheless
    }
    if (Below(10) == 0) FallSilent(c, int64_t{Below(130)} * kSecond);
    Finish(&syn_ack, c, 1);
    return syn_ack;
  }
  const int sender = step == 2 ? 0 : static_cast<int>(Below(2));
  for (int end = 0; end < 2; ++end) {
    if (step > 2 && c->window[end] == 0) return Probing(c, end);
  }
  Segment segment = From(*c, sender).Seq(c->next[sender]).Ack(c->next[1 - sender]);
  const bool is_closing = c->fin[sender] || (c->fin[0] && c->fin[1]);
  if (step > 2 && Below(3) != 0 && (!is_closing || Below(8) == 0)) {
    const uint32_t length = Below(20) == 0 ? 65000 : 1 + Below(1448);
    segment.Payload(length);
    c->next[sender] += length;
  }
  if (step > 6 && Below(c->fin[1 - sender] ? 3 : 12) == 0 && !c->fin[sender]) {
    segment.Fin();
    ++c->next[sender];
    c->fin[sender] = true;
    if (Below(3) == 0) FallSilent(c, int64_t{Below(200)} * kSecond);
  }
  if (step > 6 && Below(60) == 0) segment.Rst();
  if (step > 12 && Below(6) == 0) c->step = 0;
  if (c->fin[0] && c->fin[1] && Below(5) == 0) {
    c->late = static_cast<int>(Below(5));
    if (Below(10) == 0) c->late = 30;
    if (c->late > 0 && Below(3) != 0) FallSilent(c, kSecond * (3 + Below(10)));
    c->step = 0;
  }
  Finish(&segment, c, sender);
  return segment;
}

// While the window of the end `closed` is zero: a probe of the other end, or an answer.
Segment RandomTraffic::Probing(Conversation* c, int closed) {
  int sender = 1 - closed;
  const uint32_t next = c->next[sender];
  Segment segment = From(*c, sender).Ack(c->next[closed]);
  switch (Below(6)) {
    case 0:
      segment.Seq(next - 1).Payload(Below(2));
      break;
    case 1:
    case 2:
      segment.Seq(next).Payload(1 + Below(8) / 7);
      break;
    default:
      sender = closed;
      if (Below(3) == 0) ++c->next[1 - closed];  // accepts the probe
      if (Below(3) == 0) c->window[closed] = 1000;
      segment = From(*c, closed).Seq(c->next[closed]).Ack(c->next[1 - closed]);
      if (Below(8) == 0) segment.Payload(1);
      break;
  }
  Finish(&segment, c, sender);
  return segment;
}

// A RST at a border of what its receiver accepts, or anywhere.
Segment RandomTraffic::Reset(const Conversation& c, int sender) {
  const int receiver = 1 - sender;
  const bool scales =
      c.window_scale[0] != DecodedPacket::kNoWindowScale && c.window_scale[1] != DecodedPacket::kNoWindowScale;
  const uint32_t shift = scales && Below(4) != 0 ? c.window_scale[receiver] : 0;
  const uint32_t numbers[] = {
      c.next[sender],
      c.next[sender] + (uint32_t{c.window[receiver]} << shift),
      c.next[sender] - 5000 + Below(10000),
      c.next[sender] + (1u << 30),
      c.next[sender] - (1u << 30),
      c.initial[sender],
      InitialSequence(),
      0,
  };
  Segment reset = From(c, sender).Seq(numbers[Below(8)] - 2 + Below(4)).Rst();
  if (Below(2) == 0) {
    const uint32_t acknowledgments[] = {c.next[receiver], c.initial[receiver], c.initial[receiver] + 1,
                                        InitialSequence()};
    reset.Ack(acknowledgments[Below(4)] - Below(2) + Below(2));
  }
  return reset;
}

// A segment of the conversation's last connection, or of a new connection that resembles it.
Segment RandomTraffic::AfterTheEnd(Conversation* c) {
  // A long episode begins with many retransmissions of one end, and continues with new data of that end.
  const bool is_long = c->late > 6;
  const int of_long = c->late > 10 ? 5 : 6;
  const int sender = is_long ? 0 : static_cast<int>(Below(2));
  const uint32_t next = c->next[sender];
  Segment segment = From(*c, sender).Seq(next).Ack(c->next[1 - sender]);
  switch (is_long ? of_long : static_cast<int>(Below(10))) {
    case 0:
    case 1:
      segment.Seq(next - 1).Fin();
      break;
    case 2:
      segment.Rst();
      break;
    case 3:
      segment = From(*c, 1).Syn(c->initial[1]).Ack(c->initial[0] + 1);
      break;
    case 4:
      segment = From(*c, 1).Syn(InitialSequence()).Ack(c->initial[0] + 1);
      break;
    case 5:
      segment.Seq(next - 100).Payload(99);
      break;
    case 6:
      segment.Payload(100);
      c->next[sender] += 100;
      break;
    case 7:
      segment.Seq(next - 1).Payload(Below(2));
      break;
    case 8:
      segment = From(*c, 0).Syn(c->initial[0]);
      break;
    default:
      break;
  }
  constexpr int kDelays[] = {0, 0, 3, 10, 64, 120, 238, 240, 241, 300};
  if (!is_long) FallSilent(c, kDelays[Below(10)] * kSecond + Below(10) * (kSecond / 5));
  --c->late;
  Finish(&segment, c, sender);
  return segment;
}

// A segment that does not come next in the conversation, or that was sent before.
Segment RandomTraffic::Unexpected(Conversation* c) {
  const int sender = static_cast<int>(Below(2));
  Segment segment = From(*c, sender).Ack(c->next[1 - sender]);
  const uint32_t next = c->next[sender];
  switch (Below(16)) {
    case 0:  // retransmitted in other pieces
    case 1:
      segment.Seq(next - Below(5000)).Payload(1 + Below(3000));
      break;
    case 2:  // a keep-alive
      segment.Seq(next - 1).Payload(Below(2));
      break;
    case 3:  // a gap
      c->next[sender] += 1 + Below(4000);
      segment.Seq(c->next[sender]).Payload(100);
      c->next[sender] += 100;
      break;
    case 4:
      c->window[sender] = 0;
      segment.Seq(next);
      break;
    case 5:  // a forged SYN
      segment = From(*c, sender).Syn(InitialSequence());
      break;
    case 6:  // the conversation's own SYN, late or repeated
      segment = From(*c, sender).Syn(c->initial[sender]);
      break;
    case 7:
      segment.Syn(c->initial[sender]);
      break;
    case 8:  // an answer to a recent SYN
      segment = From(*c, sender).Syn(InitialSequence());
      for (const DecodedPacket& recent : recent_) {
        if ((recent.tcp_flags & (kTcpSyn | kTcpAck)) == kTcpSyn && recent.source == c->ends[1 - sender]) {
          segment.Ack(recent.sequence_number + 1);
        }
      }
      break;
    case 9:  // random flags and numbers
      segment.Flags(static_cast<uint8_t>(random_())).Seq(Below(3) == 0 ? InitialSequence() : next - 2 + Below(4));
      if (Below(3) == 0) segment.Ack(InitialSequence());
      if (Below(2) == 0) segment.Payload(Below(100));
      break;
    case 10:  // a sequence number far away
      c->next[sender] += Below(2) == 0 ? 0x7fffff00u + Below(0x200) : static_cast<uint32_t>(random_());
      segment.Seq(c->next[sender]).Payload(10);
      break;
    case 11:
      segment.Seq(next).Payload(200).FirstFragment(Below(4));
      break;
    case 12:  // its flags and numbers have no meaning
      segment.Flags(static_cast<uint8_t>(random_())).Seq(c->initial[sender]);
      segment.Payload(300).FollowingFragment(Below(4));
      break;
    case 13:
      c->window[sender] = static_cast<uint16_t>(Below(65536));
      segment.Seq(next);
      break;
    default:
      segment = Reset(*c, sender);
      break;
  }
  Finish(&segment, c, sender);
  return segment;
}

void RandomTraffic::Finish(Segment* segment, Conversation* c, int sender) {
  segment->Window(c->window[sender]);
  for (size_t i = 0; i < c->encapsulation.vlan_count; ++i) segment->Vlan(c->encapsulation.vlans[i]);
  for (size_t i = 0; i < c->encapsulation.tunnel_count; ++i) {
    segment->Tunnel(c->encapsulation.tunnels[i].type, c->encapsulation.tunnels[i].id);
  }
  if (c->timestamps && Below(20) != 0) {
    c->timestamp[sender] += Below(3);
    segment->Timestamps(c->timestamp[sender], c->timestamp[1 - sender] - Below(2));
  }
  if (Below(10) == 0) segment->On(Below(3));
  speaker_ = c;
  from_client_ = sender == 0;
}

DecodedPacket RandomTraffic::Next() {
  while (copies_.empty() || burst_ > 0) {
    const DecodedPacket packet = NextOnFirstWay();
    std::vector<RandomWays::Copy> copies;
    if (speaker_ == nullptr) {
      copies.push_back({packet, 0});
    } else {
      ways_[static_cast<size_t>(speaker_ - conversations_.data())].Spread(packet, from_client_, &copies);
    }
    copies_.insert(copies_.begin(), copies.rbegin(), copies.rend());
    if (burst_ == 0) {
      if (Below(80) == 0) burst_ = 2 + Below(20);
    } else if (--burst_ == 0) {
      const uint32_t order = Below(4);
      std::stable_sort(copies_.begin(), copies_.end(), [order](const RandomWays::Copy& a, const RandomWays::Copy& b) {
        return (a.way ^ order) > (b.way ^ order);
      });
    }
  }
  DecodedPacket packet = copies_.back().packet;
  copies_.pop_back();
  packet.payload_start = StartOfPayloadAt(packet.sequence_number);
  return packet;
}

DecodedPacket RandomTraffic::NextOnFirstWay() {
  speaker_ = nullptr;
  int64_t time_ns = NextTime();
  DecodedPacket packet;
  const uint32_t what = Below(100);
  if (what < 4 && !held_.empty()) {  // an overtaken packet, with its own time or the time of arrival
    packet = held_.back();
    held_.pop_back();
    if (Below(2) == 0) packet.time_ns = time_ns;
    return packet;
  }
  if (what < 10 && !recent_.empty()) {  // a repeated packet, perhaps on another interface
    packet = recent_[Below(static_cast<uint32_t>(recent_.size()))];
    packet.time_ns = Below(4) == 0 ? packet.time_ns : time_ns;
    packet.interface = Below(3);
    return packet;
  }
  for (;;) {
    Conversation& conversation = Choose();
    if (clock_ns_ > time_ns) time_ns = clock_ns_;
    packet = Below(5) == 0 ? Unexpected(&conversation) : Expected(&conversation);
    packet.window_scale = conversation.window_scale[packet.source == conversation.ends[0] ? 0 : 1];
    packet.time_ns = Below(50) == 0 ? time_ns - int64_t{Below(1200000)} * kMicrosecond : time_ns;
    const uint32_t fate = Below(100);
    if (fate < 4) continue;  // the packet is lost
    if (fate < 8 && held_.size() < 8) {
      held_.push_back(packet);
      continue;
    }
    break;
  }
  recent_.push_back(packet);
  if (recent_.size() > 16) recent_.erase(recent_.begin());
  return packet;
}

}  // namespace tcpgauge
