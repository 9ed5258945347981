// SPDX-License-Identifier: Apache-2.0
// The headers of tunnels over IP and UDP.
#include "tests/support/frame.h"

namespace tcpgauge {

Frame& Frame::Gre(const GreOptions& options) {
  Begin({0, 47, 0});
  Put16(static_cast<uint16_t>((options.checksum ? 0x8000 : 0) | (options.key ? 0x2000 : 0) |
                              (options.sequence ? 0x1000 : 0)));
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  if (options.checksum) Put32(0);
  if (options.key) Put32(options.key_value);
  if (options.sequence) Put32(1);
  return *this;
}

Frame& Frame::Pptp() {
  Begin({0, 47, 0});
  Put16(0x3081);
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  PutZeros(12);
  return *this;
}

Frame& Frame::Erspan1() {
  Gre();
  Write(bytes_, layer_ + 2, 0x88be, 2);
  next_ = Next::kNothing;
  return *this;
}

Frame& Frame::Erspan2(uint16_t session) {
  Gre({false, false, true, 0});
  Write(bytes_, layer_ + 2, 0x88be, 2);
  next_ = Next::kNothing;
  Begin({});
  Put16(0x1000);
  Put16(session);
  Put32(0);
  return *this;
}

Frame& Frame::Erspan3(uint16_t session, bool platform_header) {
  Gre({false, false, true, 0});
  Write(bytes_, layer_ + 2, 0x22eb, 2);
  next_ = Next::kNothing;
  Begin({});
  Put16(0x2000);
  Put16(session);
  Put32(0);
  Put16(0);
  Put16(platform_header ? 1 : 0);
  if (platform_header) PutZeros(8);
  return *this;
}

Frame& Frame::Wccp(bool with_redirect_header) {
  Gre();
  Write(bytes_, layer_ + 2, 0x883e, 2);
  next_ = Next::kNothing;
  if (with_redirect_header) Put32(0x00010203);
  return *this;
}

Frame& Frame::Vxlan(uint32_t network, uint16_t destination_port, uint16_t source_port) {
  Udp(source_port, destination_port);
  Begin({});
  Put32(0x08000000);
  Put24(network);
  Put8(0);
  return *this;
}

Frame& Frame::VxlanGpe(uint32_t network) {
  Udp(50000, 4790);
  Begin({});
  Put32(0x0c000000);
  NameNextAt(Next::kGpe, 1);
  Put24(network);
  Put8(0);
  return *this;
}

Frame& Frame::Geneve(uint32_t network, size_t option_bytes) {
  Udp(50000, 6081);
  Begin({});
  Put16(static_cast<uint16_t>(option_bytes / 4 << 8));
  Put16(0);
  NameNextAt(Next::kEtherType, 2);
  Put24(network);
  Put8(0);
  PutZeros(option_bytes);
  return *this;
}

Frame& Frame::GtpU(uint32_t endpoint, int extensions, bool sequence) {
  return Udp(2152, 2152).GtpHeader(endpoint, extensions, sequence);
}

Frame& Frame::GtpHeader(uint32_t endpoint, int extensions, bool sequence) {
  Begin({});
  Put8(static_cast<uint8_t>(0x30 | (extensions > 0 ? 4 : 0) | (sequence ? 2 : 0)));
  Put8(255);
  Put16(0);
  LengthAt(layer_ + 2, layer_ + 8);
  Put32(endpoint);
  if (extensions == 0 && !sequence) return *this;
  Put24(0);
  constexpr uint8_t kPduSession = 0x85;
  Put8(extensions > 0 ? kPduSession : 0);
  for (int i = 1; i <= extensions; ++i) {
    Put8(1);
    Put16(0);
    Put8(i < extensions ? kPduSession : 0);
  }
  return *this;
}

Frame& Frame::Teredo(bool authentication, bool origin) {
  Udp(50000, 3544);
  Begin({});
  if (authentication) {
    Put16(1);
    Put16(0x0203);
    PutZeros(2 + 3 + 9);
  }
  if (origin) PutZeros(8);
  return *this;
}

Frame& Frame::Ayiya(uint8_t next_header, uint8_t operation) {
  Udp(50000, 5072);
  Begin({});
  Put8(0x41);  // an identity of 16 bytes
  Put8(0x52);  // a signature of 20 bytes
  Put8(static_cast<uint8_t>(0x10 | operation));
  Put8(next_header);
  Put32(1);
  PutZeros(16 + 20);
  return *this;
}

Frame& Frame::EtherIp() {
  Begin({0, 97, 0});
  Put16(0x3000);
  return *this;
}

Frame& Frame::Nsh(size_t metadata_bytes) {
  Begin({0x894f, 0, 0});
  Put16(static_cast<uint16_t>(63 << 6 | (8 + metadata_bytes) / 4));
  Put8(metadata_bytes == 16 ? 1 : 2);
  Put8(0);
  NameNextAt(Next::kGpe, 1);
  Put24(100);
  Put8(255);
  PutZeros(metadata_bytes);
  return *this;
}

Frame& Frame::Gue(uint8_t protocol, size_t option_bytes) {
  Begin({});
  Put8(static_cast<uint8_t>(option_bytes / 4));
  Put8(protocol);
  Put16(0);
  PutZeros(option_bytes);
  return *this;
}

Frame& Frame::L2tp2(uint16_t flags) {
  Begin({});
  Put16(static_cast<uint16_t>(flags | 2));
  if ((flags & 0x4000) != 0) {
    Put16(0);
    LengthAt(bytes_.size() - 2, layer_);
  }
  Put32(0x00050006);
  if ((flags & 0x0800) != 0) Put32(1);
  if ((flags & 0x0200) != 0) {
    Put16(6);
    PutZeros(6);
  }
  return *this;
}

Frame& Frame::L2tp3(size_t cookie_and_sublayer_bytes) {
  Begin({});
  Put32(0x00030000);
  Put32(7);
  bytes_.insert(bytes_.end(), cookie_and_sublayer_bytes, 0x99);
  return *this;
}

Frame& Frame::L2tp3OverIp(size_t cookie_and_sublayer_bytes, uint32_t session) {
  Begin({0, 115, 0});
  Put32(session);
  bytes_.insert(bytes_.end(), cookie_and_sublayer_bytes, 0x99);
  return *this;
}

Frame& Frame::Capwap(bool native, size_t option_bytes, uint32_t flags) {
  constexpr uint32_t kBinding80211 = 1;
  Begin({});
  Put8(0);
  Put24(static_cast<uint32_t>((8 + option_bytes) / 4) << 19 | kBinding80211 << 9 | (native ? 0x100u : 0u) | flags);
  Put32(0);
  PutZeros(option_bytes);
  return *this;
}

}  // namespace tcpgauge
