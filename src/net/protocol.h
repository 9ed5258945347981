// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_PROTOCOL_H_
#define TCPGAUGE_SRC_NET_PROTOCOL_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// The transport protocol under which a packet is counted. A packet in a tunnel is counted under the protocol of the
// innermost packet. A packet that cannot be decoded is counted under the protocol of the last IP header that was
// decoded. kIcmp includes ICMPv6. kOther includes packets without an IP header.
enum class Protocol : uint8_t { kTcp, kUdp, kIcmp, kOther };
constexpr size_t kProtocolCount = 4;

// The names in metrics and in the JSON API, indexed by Protocol.
constexpr std::string_view kProtocolNames[kProtocolCount] = {"tcp", "udp", "icmp", "other"};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_PROTOCOL_H_
