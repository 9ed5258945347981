// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ppp.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"

namespace tcpgauge {
namespace {

struct HdlcStart {
  uint8_t address;
  uint8_t control;
};

struct CiscoHdlcHeader {
  HdlcStart start;
  Be16 protocol;
};

struct PppoeHeader {
  uint8_t version_and_type;
  uint8_t code;
  Be16 session;
  Be16 payload_length;
};
static_assert(sizeof(CiscoHdlcHeader) == 4 && sizeof(PppoeHeader) == 6, "wire layout");

constexpr uint8_t kAllStations = 0xff;
constexpr uint8_t kPppdIn = 0x00;  // pppd writes the packet's direction in place of the address
constexpr uint8_t kPppdOut = 0x01;
constexpr uint8_t kUnnumberedInformation = 0x03;
constexpr uint8_t kCiscoUnicast = 0x0f;
constexpr uint8_t kCiscoMulticast = 0x8f;

}  // namespace

Layer DecodePpp(Decoding& decoding) {
  const auto* start = decoding.captured.Peek<HdlcStart>();
  if (start != nullptr) {
    if (start->control == 0 && (start->address == kCiscoUnicast || start->address == kCiscoMulticast)) {
      return Layer::kCiscoHdlc;
    }
    if (start->control == kUnnumberedInformation &&
        (start->address == kAllStations || start->address == kPppdIn || start->address == kPppdOut)) {
      decoding.Skip(sizeof(HdlcStart));
    }
  }
  // The first of two bytes is even (RFC 1661 section 2), so an odd first byte is a compressed field (section 6.5).
  const auto* first = decoding.Read<uint8_t>();
  if (first == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  uint16_t protocol = *first;
  if ((protocol & 1) == 0) {
    const auto* second = decoding.Read<uint8_t>();
    if (second == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
    protocol = static_cast<uint16_t>(protocol << 8 | *second);
  }
  switch (protocol) {
    case 0x0021:
      return Layer::kIpv4;
    case 0x0057:
      return Layer::kIpv6;
    case 0x0281:
    case 0x0283:
      return Layer::kMpls;
    default:
      return decoding.NotTcp(Protocol::kOther);
  }
}

Layer DecodePppoe(Decoding& decoding) {
  const auto* header = decoding.Read<PppoeHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if (header->version_and_type != 0x11 || header->code != 0) return decoding.Fail(DecodeError::kTunnelHeader);
  decoding.Bound(header->payload_length.ToHost());
  return decoding.Enter({TunnelType::kPppoe, true, header->session.ToHost()}, Layer::kPpp);
}

Layer DecodeCiscoHdlc(Decoding& decoding) {
  const auto* header = decoding.Read<CiscoHdlcHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  return LayerOfEtherType(decoding, header->protocol.ToHost());
}

}  // namespace tcpgauge
