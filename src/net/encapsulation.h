// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_ENCAPSULATION_H_
#define TCPGAUGE_SRC_NET_ENCAPSULATION_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tcpgauge {

// The kinds of tunnel that the decoder enters. MPLS counts as a tunnel only inside UDP.
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
  kPbb,  // provider backbone bridges (IEEE 802.1ah)
  kVnTag,
  kETag,
  kFabricPath,
  kMacsec,
  kCount,  // the number of types, itself no type
};

// Returns the type as text, for example "pppoe", "gtp-u", "ipip" (kIpInIp) or "mpls-in-udp".
// REQUIRES: `type` is not kCount.
std::string_view TunnelTypeName(TunnelType type);

// One tunnel around a packet.
//
// Its `id` is the tunnel's number if the packets of both directions carry the same number: the PPPoE session, the GRE
// key, the ERSPAN session, the network identifier (VNI) of VXLAN and Geneve, or the service (I-SID) of IEEE 802.1ah.
//
// Numbers that name one direction only are not stored, because they would split a connection in two. These are:
// - MPLS labels and GTP-U tunnel endpoint identifiers;
// - L2TP sessions: each end assigns its own (RFC 2661 section 3.1, RFC 3931 section 4.1);
// - service paths of NSH (RFC 7665 section 2.2);
// - call numbers in the GRE keys of PPTP (RFC 2637 section 4.1);
// - the ports in VN-tags and E-tags, and the secure channels of MACsec.
struct Tunnel {
  TunnelType type = TunnelType::kPppoe;
  bool has_id = false;
  uint32_t id = 0;  // in host order; 0 if `has_id` is false

  friend bool operator==(const Tunnel& a, const Tunnel& b) {
    return a.type == b.type && a.has_id == b.has_id && a.id == b.id;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Tunnel& tunnel) {
    return H::combine(std::move(state), tunnel.type, tunnel.has_id, tunnel.id);
  }
};

// The VLAN tags and tunnels around a packet. The same 4-tuple in two different encapsulations is two keys
// (ConnectionKey).
//
// VLANs and tunnels are two lists, each with the outermost first. Whether a VLAN tag stood inside or outside a tunnel
// is not stored. A priority tag (VLAN 0, IEEE 802.1Q section 9.6) names no VLAN, so the decoder does not add it.
// Bounds: kMaxVlans and kMaxTunnels. A packet with more is a DecodeError.
struct Encapsulation {
  static constexpr size_t kMaxVlans = 4;
  static constexpr size_t kMaxTunnels = 4;

  uint8_t vlan_count = 0;
  uint8_t tunnel_count = 0;
  std::array<uint16_t, kMaxVlans> vlans{};    // VLAN ids, 1 to 4095; only the first `vlan_count` have a meaning
  std::array<Tunnel, kMaxTunnels> tunnels{};  // only the first `tunnel_count` have a meaning

  bool empty() const { return vlan_count == 0 && tunnel_count == 0; }
  void clear() { vlan_count = tunnel_count = 0; }

  // AddVlan() and AddTunnel() append to their list, so add the outermost first. If the list is full, they change
  // nothing and return false.
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
