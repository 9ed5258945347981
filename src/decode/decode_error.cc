// SPDX-License-Identifier: Apache-2.0
#include "src/decode/decode_error.h"

#include <iterator>

namespace tcpgauge {
namespace {

constexpr std::string_view kNames[] = {
    "none",
    "truncated_link",
    "truncated_tunnel",
    "truncated_ip",
    "truncated_tcp",
    "tunnel_header",
    "ip_version",
    "ip_header_length",
    "ip_total_length",
    "ip_fragment",
    "tcp_data_offset",
    "too_many_vlans",
    "too_many_tunnels",
    "too_many_layers",
    "unknown_link_type",
    "unknown_vxlan",
    "unknown_geneve",
    "unknown_gtp_u",
    "unknown_teredo",
    "unknown_gre_in_udp",
    "unknown_mpls_in_udp",
    "unknown_gue",
    "unknown_l2tp",
    "unknown_etherip",
    "unknown_nsh",
    "unknown_capwap",
    "unknown_ayiya",
    "encrypted_macsec",
    "encrypted_80211",
    "damaged_80211",
    "aggregated_80211",
};
static_assert(std::size(kNames) == kDecodeErrorCount, "a name for each");
static_assert(static_cast<size_t>(DecodeError::kAggregated80211) + 1 == kDecodeErrorCount,
              "the count includes the last value");

}  // namespace

std::string_view DecodeErrorName(DecodeError error) { return kNames[static_cast<size_t>(error)]; }

}  // namespace tcpgauge
