// SPDX-License-Identifier: Apache-2.0
#include "src/net/encapsulation.h"

#include <iterator>

namespace tcpgauge {
namespace {

constexpr std::string_view kNames[] = {
    "pppoe", "gre",     "erspan", "vxlan",  "geneve", "gtp-u", "ipip",   "teredo", "mpls-in-udp", "fou",    "gue",
    "l2tp",  "etherip", "nsh",    "capwap", "ayiya",  "pbb",   "vn-tag", "e-tag",  "fabricpath",  "macsec",
};
static_assert(std::size(kNames) == static_cast<size_t>(TunnelType::kCount), "a name for each");

}  // namespace

std::string_view TunnelTypeName(TunnelType type) { return kNames[static_cast<size_t>(type)]; }

}  // namespace tcpgauge
