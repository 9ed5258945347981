// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_PROTOCOL_H_
#define TCPGAUGE_SRC_NET_PROTOCOL_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// What a packet is counted as. Inside a tunnel: the innermost packet's protocol.
enum class Protocol : uint8_t { kTcp, kUdp, kIcmp, kOther };
constexpr size_t kProtocolCount = 4;

// "tcp", "udp", "icmp", "other".
constexpr std::string_view kProtocolNames[kProtocolCount] = {"tcp", "udp", "icmp", "other"};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_PROTOCOL_H_
