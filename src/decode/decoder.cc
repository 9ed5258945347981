// SPDX-License-Identifier: Apache-2.0
#include "src/decode/decoder.h"

#include <algorithm>

#include "src/decode/decoding.h"
#include "src/decode/etherip.h"
#include "src/decode/ethernet.h"
#include "src/decode/ethernet_tags.h"
#include "src/decode/gre.h"
#include "src/decode/ieee80211.h"
#include "src/decode/ip.h"
#include "src/decode/l2tp.h"
#include "src/decode/link.h"
#include "src/decode/mpls.h"
#include "src/decode/nsh.h"
#include "src/decode/ppp.h"
#include "src/decode/tcp.h"
#include "src/decode/udp.h"

namespace tcpgauge {
namespace {

Layer FirstLayer(LinkType link_type) {
  switch (link_type) {
    case LinkType::kEthernet:
      return Layer::kEthernet;
    case LinkType::kRawIp:
      return Layer::kRawIp;
    case LinkType::kNull:
    case LinkType::kLoop:
      return Layer::kNull;
    case LinkType::kLinuxSll:
      return Layer::kLinuxSll;
    case LinkType::kLinuxSll2:
      return Layer::kLinuxSll2;
    case LinkType::kPpp:
      return Layer::kPpp;
    case LinkType::kPppoe:
      return Layer::kPppoe;
    case LinkType::kCiscoHdlc:
      return Layer::kCiscoHdlc;
    case LinkType::kMpls:
      return Layer::kMpls;
    case LinkType::kNflog:
      return Layer::kNflog;
    case LinkType::k80211:
      return Layer::k80211;
    case LinkType::kRadiotap:
      return Layer::kRadiotap;
    case LinkType::kIpOverInfiniband:
      return Layer::kIpOverInfiniband;
  }
  return Layer::kDone;
}

}  // namespace

void DecodePacket(LinkType link_type, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes,
                  DecodedPacket* packet, TcpHeaderPieces* header_pieces) {
  packet->wire_length_bytes = wire_length_bytes;
  packet->interface = 0;
  packet->protocol = Protocol::kOther;
  packet->error = DecodeError::kNone;
  packet->direction = PacketDirection::kUnknown;
  packet->is_fragment = false;
  packet->encapsulation.clear();

  Decoding decoding;
  decoding.captured = Cursor(captured);
  decoding.wire_remaining_bytes = std::max(wire_length_bytes, static_cast<uint32_t>(captured.size()));
  decoding.header_pieces = header_pieces;
  decoding.packet = packet;

  Layer layer = FirstLayer(link_type);
  for (int i = 0; i < kMaxLayers; ++i) {
    switch (layer) {
      case Layer::kDone:
        return;
      case Layer::kEthernet:
        layer = DecodeEthernet(decoding);
        break;
      case Layer::kLlc:
        layer = DecodeLlc(decoding);
        break;
      case Layer::kVlan:
        layer = DecodeVlan(decoding);
        break;
      case Layer::kRawIp:
        layer = DecodeRawIp(decoding);
        break;
      case Layer::kNull:
        layer = DecodeNull(decoding);
        break;
      case Layer::kLinuxSll:
        layer = DecodeLinuxSll(decoding);
        break;
      case Layer::kLinuxSll2:
        layer = DecodeLinuxSll2(decoding);
        break;
      case Layer::kNflog:
        layer = DecodeNflog(decoding);
        break;
      case Layer::kIpv4:
        layer = DecodeIpv4(decoding);
        break;
      case Layer::kIpv6:
        layer = DecodeIpv6(decoding);
        break;
      case Layer::kIpExtension:
        layer = DecodeIpExtension(decoding);
        break;
      case Layer::kTcp:
        layer = DecodeTcp(decoding);
        break;
      case Layer::kUdp:
        layer = DecodeUdp(decoding);
        break;
      case Layer::kPpp:
        layer = DecodePpp(decoding);
        break;
      case Layer::kPppoe:
        layer = DecodePppoe(decoding);
        break;
      case Layer::kCiscoHdlc:
        layer = DecodeCiscoHdlc(decoding);
        break;
      case Layer::kMpls:
        layer = DecodeMpls(decoding);
        break;
      case Layer::kGre:
        layer = DecodeGre(decoding);
        break;
      case Layer::kServiceTag:
        layer = DecodeServiceTag(decoding);
        break;
      case Layer::kVnTag:
        layer = DecodeVnTag(decoding);
        break;
      case Layer::kETag:
        layer = DecodeETag(decoding);
        break;
      case Layer::kFabricPath:
        layer = DecodeFabricPath(decoding);
        break;
      case Layer::kMacsec:
        layer = DecodeMacsec(decoding);
        break;
      case Layer::kRadiotap:
        layer = DecodeRadiotap(decoding);
        break;
      case Layer::k80211:
        layer = Decode80211(decoding);
        break;
      case Layer::kSwapped80211:
        layer = DecodeSwapped80211(decoding);
        break;
      case Layer::kIpOverInfiniband:
        layer = DecodeIpOverInfiniband(decoding);
        break;
      case Layer::kEtherIp:
        layer = DecodeEtherIp(decoding);
        break;
      case Layer::kL2tpOverIp:
        layer = DecodeL2tpOverIp(decoding);
        break;
      case Layer::kNsh:
        layer = DecodeNsh(decoding);
        break;
    }
  }
  if (layer != Layer::kDone) decoding.Fail(DecodeError::kTooManyLayers);
}

}  // namespace tcpgauge
