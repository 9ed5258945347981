// SPDX-License-Identifier: Apache-2.0
#include "src/decode/link.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {
namespace {

struct LinuxSllHeader {
  Be16 packet_type;
  Be16 hardware_type;
  Be16 address_length;
  uint8_t address[8];
  Be16 protocol;
};

struct LinuxSll2Header {
  Be16 protocol;
  Be16 reserved;
  Be32 interface;
  Be16 hardware_type;
  uint8_t packet_type;
  uint8_t address_length;
  uint8_t address[8];
};

struct InfinibandHeader {
  Be16 type;
  Be16 reserved;
};

struct NflogHeader {
  uint8_t address_family;
  uint8_t version;
  Be16 resource;
};

// In the byte order of the capturing machine.
template <typename Number>
struct NflogAttribute {
  Number length;  // includes these four bytes, but not the padding to a multiple of four
  Number type;    // a small number
};
static_assert(sizeof(LinuxSllHeader) == 16 && sizeof(LinuxSll2Header) == 20 && sizeof(InfinibandHeader) == 4 &&
                  sizeof(NflogAttribute<Le16>) == 4,
              "wire layout");

// Values of `packet_type` (PACKET_HOST and so on in <linux/if_packet.h>).
constexpr uint16_t kToThisHost = 0;
constexpr uint16_t kBroadcast = 1;
constexpr uint16_t kMulticast = 2;
constexpr uint16_t kToAnotherHost = 3;
constexpr uint16_t kFromThisHost = 4;

constexpr uint16_t kLinuxProtocolLlc = 0x0004;
constexpr uint16_t kNflogPayload = 9;
constexpr int kMaxNflogAttributes = 64;

// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS.
Layer LayerOfAddressFamily(Decoding& decoding, uint32_t family) {
  switch (family) {
    case 2:
      return Layer::kIpv4;
    case 10:
    case 24:
    case 28:
    case 30:
      return Layer::kIpv6;
    default:
      // Some writers of captures put an EtherType here.
      return family > kMaxEthernetLength && family <= 0xffff ? LayerOfEtherType(decoding, static_cast<uint16_t>(family))
                                                             : decoding.NotTcp(Protocol::kOther);
  }
}

// The layer after a Linux protocol number: an EtherType, or a small number that only Linux uses.
Layer LayerOfLinuxProtocol(Decoding& decoding, uint16_t protocol) {
  if (protocol > kMaxEthernetLength) return LayerOfEtherType(decoding, protocol);
  return protocol == kLinuxProtocolLlc ? Layer::kLlc : decoding.NotTcp(Protocol::kOther);
}

PacketDirection DirectionOfPacketType(uint16_t packet_type) {
  switch (packet_type) {
    case kToThisHost:
    case kBroadcast:
    case kMulticast:
    case kToAnotherHost:
      return PacketDirection::kIn;
    case kFromThisHost:
      return PacketDirection::kOut;
    default:
      return PacketDirection::kUnknown;
  }
}

}  // namespace

Layer DecodeNull(Decoding& decoding) {
  const auto* big = decoding.captured.Peek<Be32>();
  const auto* little = decoding.captured.Peek<Le32>();
  if (!decoding.Skip(sizeof(Be32))) return decoding.Fail(DecodeError::kTruncatedLink);
  // Families are small numbers, so the byte order that gives the smaller number is right.
  return LayerOfAddressFamily(decoding, std::min(big->ToHost(), little->ToHost()));
}

Layer DecodeLinuxSll(Decoding& decoding) {
  const auto* header = decoding.Read<LinuxSllHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  decoding.packet->direction = DirectionOfPacketType(header->packet_type.ToHost());
  return LayerOfLinuxProtocol(decoding, header->protocol.ToHost());
}

Layer DecodeLinuxSll2(Decoding& decoding) {
  const auto* header = decoding.Read<LinuxSll2Header>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  decoding.packet->interface = header->interface.ToHost();
  decoding.packet->direction = DirectionOfPacketType(header->packet_type);
  return LayerOfLinuxProtocol(decoding, header->protocol.ToHost());
}

Layer DecodeIpOverInfiniband(Decoding& decoding) {
  constexpr uint32_t kRoutingHeaderBytes = 40;
  constexpr uint32_t kLinkAddressBytes = 20;
  for (uint32_t offset : {kRoutingHeaderBytes, 0u, kLinkAddressBytes}) {
    const auto* header = decoding.captured.PeekAt<InfinibandHeader>(offset);
    const auto* first = decoding.captured.PeekAt<uint8_t>(offset + sizeof(InfinibandHeader));
    if (header == nullptr || first == nullptr || header->reserved.ToHost() != 0) continue;
    const uint16_t type = header->type.ToHost();
    if ((type != kEtherTypeIpv4 || *first >> 4 != 4) && (type != kEtherTypeIpv6 || *first >> 4 != 6)) continue;
    decoding.Skip(offset + uint32_t{sizeof(InfinibandHeader)});
    return LayerOfEtherType(decoding, type);
  }
  return decoding.captured.remaining() < sizeof(InfinibandHeader) ? decoding.Fail(DecodeError::kTruncatedLink)
                                                                  : decoding.NotTcp(Protocol::kOther);
}

Layer DecodeNflog(Decoding& decoding) {
  const auto* header = decoding.Read<NflogHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  constexpr uint8_t kNetfilterInet = 1;  // a table for both versions of IP
  constexpr uint8_t kLinuxInet = 2;
  constexpr uint8_t kLinuxBridge = 7;
  constexpr uint8_t kLinuxInet6 = 10;
  const uint8_t family = header->address_family;
  if (family != kNetfilterInet && family != kLinuxInet && family != kLinuxInet6 && family != kLinuxBridge) {
    return decoding.NotTcp(Protocol::kOther);
  }
  for (int i = 0; i < kMaxNflogAttributes; ++i) {
    const auto* little = decoding.captured.Peek<NflogAttribute<Le16>>();
    const auto* big = decoding.captured.Peek<NflogAttribute<Be16>>();
    if (little == nullptr || big == nullptr) break;
    const bool is_little = little->type.ToHost() <= 0xff;
    const uint32_t length_bytes = is_little ? little->length.ToHost() : big->length.ToHost();
    if (length_bytes < sizeof(*little)) break;
    if ((is_little ? little->type.ToHost() : big->type.ToHost()) == kNflogPayload) {
      decoding.Bound(length_bytes);
      decoding.Skip(sizeof(*little));
      return Layer::kRawIp;
    }
    if (!decoding.Skip((length_bytes + 3) & ~3u)) break;
  }
  return decoding.Fail(DecodeError::kTruncatedLink);
}

}  // namespace tcpgauge
