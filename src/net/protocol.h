// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_PROTOCOL_H_
#define TCPGAUGE_SRC_NET_PROTOCOL_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// The protocol that a packet is counted under. Of a tunnelled packet, that of the innermost packet.
enum class Protocol : uint8_t { kTcp, kUdp, kIcmp, kOther };
constexpr size_t kProtocolCount = 4;

// "tcp", "udp", "icmp", "other".
constexpr std::string_view kProtocolNames[kProtocolCount] = {"tcp", "udp", "icmp", "other"};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_PROTOCOL_H_
