// SPDX-License-Identifier: Apache-2.0
#include "tests/support/frame.h"

#include <algorithm>
#include <utility>

#include "src/net/ip_address.h"

namespace tcpgauge {
void Frame::Write(std::vector<uint8_t>& bytes, size_t at, uint32_t value, size_t width) {
  for (size_t i = 0; i < width && at + i < bytes.size(); ++i) {
    bytes[at + i] = static_cast<uint8_t>(value >> 8 * (width - 1 - i));
  }
}

void Frame::Put16(uint16_t value) {
  Put8(static_cast<uint8_t>(value >> 8));
  Put8(static_cast<uint8_t>(value));
}

void Frame::Put24(uint32_t value) {
  Put8(static_cast<uint8_t>(value >> 16));
  Put16(static_cast<uint16_t>(value));
}

void Frame::Put32(uint32_t value) {
  Put16(static_cast<uint16_t>(value >> 16));
  Put16(static_cast<uint16_t>(value));
}

// Starts a header here, and writes its number into the header before.
void Frame::Begin(const Names& names) {
  layer_ = bytes_.size();
  switch (std::exchange(next_, Next::kNothing)) {
    case Next::kNothing:
      break;
    case Next::kEtherType:
      if (names.ether_type != 0) Write(bytes_, next_field_, names.ether_type, 2);
      break;
    case Next::kIpProtocol:
      bytes_[next_field_] = names.ip_protocol;
      break;
    case Next::kPppProtocol:
      Write(bytes_, next_field_, names.ppp_protocol, 2);
      break;
    case Next::kPppByte:
      bytes_[next_field_] = static_cast<uint8_t>(names.ppp_protocol);
      break;
    case Next::kNullFamily: {
      const uint32_t family = names.ether_type == 0x0800 ? 2 : null_ipv6_family_;
      Write(bytes_, next_field_, null_order_ == Order::kBig ? family : __builtin_bswap32(family), 4);
      break;
    }
    case Next::kMplsBottom:
      if (names.ether_type != 0x8847) bytes_[next_field_] |= 1;
      break;
    case Next::kGpe:
      switch (names.ether_type) {
        case 0x0800:
          bytes_[next_field_] = 1;
          break;
        case 0x86dd:
          bytes_[next_field_] = 2;
          break;
        case 0x894f:
          bytes_[next_field_] = 4;
          break;
        case 0x8847:
          bytes_[next_field_] = 5;
          break;
        default:
          bytes_[next_field_] = 3;
      }
      break;
  }
}

// The field that names the next header begins `offset_from_end` bytes before the present end.
void Frame::NameNextAt(Next kind, size_t offset_from_end) {
  next_ = kind;
  next_field_ = bytes_.size() - offset_from_end;
}

// The 16 bits at `field` will state the number of bytes from `from` to the end of the packet, plus `plus`.
void Frame::LengthAt(size_t field, size_t from, int64_t plus) {
  fixes_.push_back([=](std::vector<uint8_t>& bytes) {
    Write(bytes, field, static_cast<uint32_t>(static_cast<int64_t>(bytes.size() - from) + plus), 2);
  });
}

Frame& Frame::Ethernet() {
  Begin({0x6558, 0, 0});
  for (uint8_t last : {2, 1}) {
    Put32(0x02000000);
    Put16(last);
  }
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::Ethernet8023() {
  Ethernet();
  next_ = Next::kNothing;
  LengthAt(bytes_.size() - 2, bytes_.size());
  return *this;
}

Frame& Frame::Llc(uint8_t sap, uint8_t control) {
  Begin({});
  Put8(sap);
  Put8(sap);
  Put8(control);
  return *this;
}

Frame& Frame::Snap(uint32_t organization) {
  Llc(0xaa);
  Put24(organization);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::Vlan(uint16_t id, uint16_t tpid) {
  Begin({tpid, 0, 0});
  Put16(id);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::Mpls(uint32_t label) {
  Begin({0x8847, 137, 0x0281});
  Put32(label << 12 | 64);
  NameNextAt(Next::kMplsBottom, 2);
  return *this;
}

Frame& Frame::ControlWord() {
  Begin({});
  Put32(0);
  return *this;
}

Frame& Frame::LinuxSll(uint16_t packet_type) {
  Begin({});
  Put16(packet_type);
  Put16(1);
  Put16(6);
  PutZeros(8);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::LinuxSll2(uint32_t interface, uint8_t packet_type) {
  Begin({});
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  Put16(0);
  Put32(interface);
  Put16(1);
  Put8(packet_type);
  Put8(6);
  PutZeros(8);
  return *this;
}

Frame& Frame::Null(Order order, uint32_t ipv6_family) {
  Begin({});
  null_order_ = order;
  null_ipv6_family_ = ipv6_family;
  Put32(0);
  NameNextAt(Next::kNullFamily, 4);
  return *this;
}

Frame& Frame::Nflog(size_t prefix_bytes, Order order) {
  const auto ordered = [order](size_t number) {
    const auto value = static_cast<uint16_t>(number);
    return order == Order::kBig ? value : __builtin_bswap16(value);
  };
  Begin({});
  Put32(0x02000000);
  // An attribute of another type, then the payload.
  Put16(ordered(4 + prefix_bytes));
  Put16(ordered(10));
  PutZeros((prefix_bytes + 3) / 4 * 4);
  const size_t payload = bytes_.size();
  Put16(0);
  Put16(ordered(9));
  fixes_.push_back(
      [payload, ordered](std::vector<uint8_t>& bytes) { Write(bytes, payload, ordered(bytes.size() - payload), 2); });
  return *this;
}

Frame& Frame::Pppoe(uint16_t session) {
  Begin({0x8864, 0, 0});
  Put16(0x1100);
  Put16(session);
  Put16(0);
  LengthAt(bytes_.size() - 2, bytes_.size());
  return *this;
}

Frame& Frame::Ppp(PppForm form) {
  Begin({0x880b, 0, 0});
  if (form == PppForm::kFramed) Put16(0xff03);
  if (form == PppForm::kPppd) Put16(0x0003);
  if (form == PppForm::kCompressed) {
    Put8(0);
    NameNextAt(Next::kPppByte, 1);
  } else {
    Put16(0);
    NameNextAt(Next::kPppProtocol, 2);
  }
  return *this;
}

Frame& Frame::CiscoHdlc() {
  Begin({});
  Put16(0x0f00);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::IpOverInfiniband(size_t prefix_bytes) {
  Begin({});
  PutZeros(prefix_bytes);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  Put16(0);
  return *this;
}

Frame& Frame::Wifi(const WifiOptions& options) {
  Begin({});
  Put8(options.swapped ? options.flags : options.type);
  Put8(options.swapped ? options.type : options.flags);
  PutZeros(2 + 18 + 2);
  if ((options.flags & 3) == 3) PutZeros(6);
  if ((options.type & 0x80) != 0) {
    Put8(static_cast<uint8_t>(options.service));
    Put8(static_cast<uint8_t>(options.service >> 8));
    if ((options.flags & 0x80) != 0) PutZeros(4);
  }
  PutZeros(options.pad_bytes);
  return *this;
}

Frame& Frame::WifiSubframe() {
  Begin({});
  PutZeros(12);
  Put16(0);
  LengthAt(bytes_.size() - 2, bytes_.size());
  return *this;
}

Frame& Frame::Radiotap(uint8_t flags, bool with_time, int more_present_words) {
  Begin({});
  Put16(0);
  const size_t length_bytes = 8 + 4 * static_cast<size_t>(more_present_words);
  const size_t time = with_time ? (length_bytes + 7) / 8 * 8 : length_bytes;
  const size_t end = time + (with_time ? 8 : 0) + 1;
  Put8(static_cast<uint8_t>(end));
  Put8(0);
  const uint8_t present = with_time ? 3 : 2;
  for (int i = 0; i <= more_present_words; ++i) {  // in little-endian order
    Put8(i == 0 ? present : 0);
    Put16(0);
    Put8(i < more_present_words ? 0x80 : 0);
  }
  PutZeros(end - 1 - length_bytes);
  Put8(flags);
  return *this;
}

Frame& Frame::ServiceTag(uint32_t service) {
  Begin({0x88e7, 0, 0});
  Put8(0);
  Put24(service);
  return *this;
}

Frame& Frame::VnTag() {
  Begin({0x8926, 0, 0});
  Put32(0x80050003);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::ETag() {
  Begin({0x893f, 0, 0});
  Put16(0);
  Put16(0x0123);
  Put16(0);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::FabricPath() {
  Begin({0x8903, 0, 0});
  Put16(1 << 6 | 32);
  return *this;
}

Frame& Frame::Macsec(uint8_t control, bool short_length) {
  Begin({0x88e5, 0, 0});
  Put8(control);
  Put8(0);
  Put32(1);
  if ((control & 0x20) != 0) PutZeros(8);
  const size_t secured = bytes_.size();
  if (short_length) {
    fixes_.push_back([at = layer_ + 1, secured](std::vector<uint8_t>& bytes) {
      Write(bytes, at, static_cast<uint32_t>(bytes.size() - secured), 1);
    });
  }
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  return *this;
}

Frame& Frame::Ipv4(std::string_view source, std::string_view destination, size_t option_bytes) {
  Begin({0x0800, 4, 0x0021});
  Put8(static_cast<uint8_t>(0x45 + option_bytes / 4));
  Put8(0);
  Put16(0);
  LengthAt(layer_ + 2, layer_);
  Put32(0);
  Put8(64);
  Put8(253);  // reserved for experiments; the next header overwrites it
  NameNextAt(Next::kIpProtocol, 1);
  Put16(0);
  for (std::string_view text : {source, destination}) {
    const auto address = IpAddress::Parse(text)->bytes();
    bytes_.insert(bytes_.end(), address.begin() + 12, address.end());
  }
  bytes_.insert(bytes_.end(), option_bytes, 1);
  return *this;
}

Frame& Frame::Ipv6(std::string_view source, std::string_view destination) {
  Begin({0x86dd, 41, 0x0057});
  Put32(0x60000000);
  Put16(0);
  LengthAt(layer_ + 4, layer_ + 40);
  Put8(253);
  NameNextAt(Next::kIpProtocol, 1);
  Put8(64);
  for (std::string_view text : {source, destination}) {
    const auto address = IpAddress::Parse(text)->bytes();
    bytes_.insert(bytes_.end(), address.begin(), address.end());
  }
  return *this;
}

Frame& Frame::Ipv4Checksum() {
  fixes_.push_back([at = layer_](std::vector<uint8_t>& bytes) {
    const size_t end = std::min(bytes.size(), at + (bytes[at] & 0x0fu) * 4);
    uint32_t sum = 0;
    for (size_t i = at; i + 1 < end; i += 2) sum += static_cast<uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    while (sum >> 16 != 0) sum = (sum >> 16) + (sum & 0xffff);
    Write(bytes, at + 10, ~sum & 0xffff, 2);
  });
  return *this;
}

Frame& Frame::Ipv4Fragment(uint16_t offset_bytes, bool more, uint16_t id) {
  Write(bytes_, layer_ + 4, id, 2);
  Write(bytes_, layer_ + 6, (more ? 0x2000u : 0u) | offset_bytes / 8, 2);
  return *this;
}

Frame& Frame::Ipv6Fragment(uint16_t offset_bytes, bool more, uint32_t id) {
  Begin({0, 44, 0});
  Put8(253);
  NameNextAt(Next::kIpProtocol, 1);
  Put8(0);
  Put16(static_cast<uint16_t>(offset_bytes | (more ? 1 : 0)));
  Put32(id);
  return *this;
}

Frame& Frame::Ipv6Extension(uint8_t number, size_t length_bytes) {
  Begin({0, number, 0});
  Put8(253);
  NameNextAt(Next::kIpProtocol, 1);
  Put8(static_cast<uint8_t>(length_bytes / 8 - 1));
  PutZeros(length_bytes - 2);
  return *this;
}

Frame& Frame::AuthenticationHeader() {
  Begin({0, 51, 0});
  Put8(253);
  NameNextAt(Next::kIpProtocol, 1);
  Put8(4);
  PutZeros(22);
  return *this;
}

Frame& Frame::JumboOption(uint32_t payload_bytes) {
  Begin({0, 0, 0});
  Put8(253);
  NameNextAt(Next::kIpProtocol, 1);
  Put8(0);
  Put16(0xc204);
  Put32(payload_bytes);
  return *this;
}

Frame& Frame::Icmp() {
  Begin({0, 1, 0});
  Put32(0x03010000);
  Put32(0);
  return *this;
}

Frame& Frame::Udp(uint16_t source_port, uint16_t destination_port) {
  Begin({0, 17, 0});
  Put16(source_port);
  Put16(destination_port);
  Put32(0);
  LengthAt(layer_ + 4, layer_);
  return *this;
}

Frame& Frame::Tcp(uint16_t source_port, uint16_t destination_port) {
  Begin({0, 6, 0});
  Put16(source_port);
  Put16(destination_port);
  Put32(1);
  Put32(1);
  Put16(0x5010);
  Put16(0xffff);
  Put32(0);
  return *this;
}

Frame& Frame::Sequence(uint32_t number) {
  Write(bytes_, layer_ + 4, number, 4);
  return *this;
}

Frame& Frame::Acknowledgment(uint32_t number) {
  Write(bytes_, layer_ + 8, number, 4);
  return *this;
}

Frame& Frame::Flags(uint8_t flags) {
  bytes_[layer_ + 13] = flags;
  return *this;
}

Frame& Frame::Window(uint16_t window) {
  Write(bytes_, layer_ + 14, window, 2);
  return *this;
}

Frame& Frame::Options(std::initializer_list<uint8_t> bytes) {
  bytes_.insert(bytes_.end(), bytes);
  bytes_[layer_ + 12] = static_cast<uint8_t>((bytes_.size() - layer_) / 4 << 4);
  return *this;
}

Frame& Frame::Timestamps(uint32_t value, uint32_t echo_reply) {
  Options({1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0});
  Write(bytes_, bytes_.size() - 8, value, 4);
  Write(bytes_, bytes_.size() - 4, echo_reply, 4);
  return *this;
}

Frame& Frame::Payload(size_t count) {
  bytes_.insert(bytes_.end(), count, 'x');
  return *this;
}

Frame& Frame::Padding(size_t count) {
  padding_ += count;
  return *this;
}

Frame& Frame::Set8(size_t offset, uint8_t value) {
  fixes_.push_back([at = layer_ + offset, value](std::vector<uint8_t>& bytes) { Write(bytes, at, value, 1); });
  return *this;
}

Frame& Frame::Set16(size_t offset, uint16_t value) {
  fixes_.push_back([at = layer_ + offset, value](std::vector<uint8_t>& bytes) { Write(bytes, at, value, 2); });
  return *this;
}

Frame& Frame::Set32(size_t offset, uint32_t value) {
  fixes_.push_back([at = layer_ + offset, value](std::vector<uint8_t>& bytes) { Write(bytes, at, value, 4); });
  return *this;
}

Frame& Frame::CutTo(size_t count) {
  captured_ = count;
  return *this;
}

Frame& Frame::CutInLayer(size_t count) { return CutTo(layer_ + count); }

Frame& Frame::EndInLayer(size_t count) {
  wire_ = layer_ + count;
  return *this;
}

std::vector<uint8_t> Frame::Whole() const {
  std::vector<uint8_t> bytes = bytes_;
  bytes.resize(std::min(bytes.size(), wire_));
  for (const auto& fix : fixes_) fix(bytes);
  bytes.resize(bytes.size() + padding_, 0xee);
  return bytes;
}

std::vector<uint8_t> Frame::Bytes() const {
  std::vector<uint8_t> bytes = Whole();
  bytes.resize(std::min(bytes.size(), captured_));
  return bytes;
}

uint32_t Frame::wire_length_bytes() const { return static_cast<uint32_t>(Whole().size()); }

}  // namespace tcpgauge
