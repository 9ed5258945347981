// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_ENCAPSULATION_H_
#define TCPGAUGE_SRC_NET_ENCAPSULATION_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tcpgauge {

enum class TunnelType : uint8_t {
  kPppoe,
  kGre,
  kErspan,
  kVxlan,
  kGeneve,
  kGtpU,
  kIpInIp,
  kTeredo,
  kMplsInUdp,
  kFou,
  kGue,
  kL2tp,
  kEtherIp,
  kNsh,
  kCapwap,
  kAyiya,
  kPbb,  // IEEE 802.1ah, provider backbone bridges
  kVnTag,
  kETag,
  kFabricPath,
  kMacsec,
  kCount,
};

// "pppoe", "gre", "erspan", "vxlan", "geneve", "gtp-u", "ipip", "teredo", "mpls-in-udp" …
std::string_view TunnelTypeName(TunnelType type);

// One tunnel around a packet. `id` is what both directions share: the PPPoE session, GRE key, ERSPAN session, VNI or
// I-SID (IEEE 802.1ah).
//
// Other numbers name one direction only, so they identify nothing here: MPLS labels, GTP-U tunnel endpoint identifiers,
// L2TP sessions (RFC 2661 section 3.1 and RFC 3931 section 4.1: each end assigns its own), service paths of NSH
// (RFC 7665 section 2.2), the ports in VN-tags and E-tags, MACsec's secure channels.
struct Tunnel {
  TunnelType type = TunnelType::kPppoe;
  bool has_id = false;
  uint32_t id = 0;

  friend bool operator==(const Tunnel& a, const Tunnel& b) {
    return a.type == b.type && a.has_id == b.has_id && a.id == b.id;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Tunnel& tunnel) {
    return H::combine(std::move(state), tunnel.type, tunnel.has_id, tunnel.id);
  }
};

// The VLAN tags and tunnels around a TCP segment, outermost first. Equal addresses in two encapsulations are two
// connections. A priority tag (VLAN 0, IEEE 802.1Q section 9.6) names no VLAN and is not stored.
struct Encapsulation {
  static constexpr size_t kMaxVlans = 4;
  static constexpr size_t kMaxTunnels = 4;

  uint8_t vlan_count = 0;
  uint8_t tunnel_count = 0;
  std::array<uint16_t, kMaxVlans> vlans{};
  std::array<Tunnel, kMaxTunnels> tunnels{};

  bool empty() const { return vlan_count == 0 && tunnel_count == 0; }
  void clear() { vlan_count = tunnel_count = 0; }

  // Returns false, and changes nothing, when all places are taken.
  bool AddVlan(uint16_t vlan) {
    if (vlan_count == kMaxVlans) return false;
    vlans[vlan_count++] = vlan;
    return true;
  }
  bool AddTunnel(const Tunnel& tunnel) {
    if (tunnel_count == kMaxTunnels) return false;
    tunnels[tunnel_count++] = tunnel;
    return true;
  }

  friend bool operator==(const Encapsulation& a, const Encapsulation& b) {
    if (a.vlan_count != b.vlan_count || a.tunnel_count != b.tunnel_count) return false;
    for (size_t i = 0; i < a.vlan_count; ++i) {
      if (a.vlans[i] != b.vlans[i]) return false;
    }
    for (size_t i = 0; i < a.tunnel_count; ++i) {
      if (!(a.tunnels[i] == b.tunnels[i])) return false;
    }
    return true;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Encapsulation& e) {
    state = H::combine(std::move(state), e.vlan_count, e.tunnel_count);
    for (size_t i = 0; i < e.vlan_count; ++i) state = H::combine(std::move(state), e.vlans[i]);
    for (size_t i = 0; i < e.tunnel_count; ++i) state = H::combine(std::move(state), e.tunnels[i]);
    return state;
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_ENCAPSULATION_H_
