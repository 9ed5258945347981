// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_SOCKET_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_SOCKET_SOURCE_H_

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/capture/tcp_sockets.h"
#include "src/identity/identity_source.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// Returns the addresses of this network namespace, except those of the interface kube-ipvs0: kube-proxy may have put
// the addresses of all services of the cluster there. Returns nullopt if the kernel does not report the addresses.
std::optional<std::vector<IpAddress>> AddressesOfThisNamespace();

// Reads from the kernel the TCP sockets of this network namespace with their control groups, the accept queues of the
// listening sockets, and the addresses of the namespace. The addresses are marked as shared in the draft, because all
// programs of the host use them. If the kernel does not report the addresses in a round, those of the previous round
// are used. Otherwise all names of this host would vanish for a round.
//
// Owns a netlink socket.
// Thread: see IdentitySource.
// Bounds: those of the draft.
class SocketSource final : public IdentitySource {
 public:
  // `clock` must outlive this object. `read_addresses` is called in each round.
  explicit SocketSource(const Clock& clock, std::function<std::optional<std::vector<IpAddress>>()> read_addresses =
                                                AddressesOfThisNamespace)
      : clock_(clock), read_addresses_(std::move(read_addresses)) {}

  void AddTo(IdentityDraft* draft) override;
  std::string_view name() const override { return "sockets"; }
  // False if the kernel did not report all sockets, or does not tell their control groups (before Linux 5.8).
  bool is_up() const override { return is_up_; }

 private:
  const Clock& clock_;
  const std::function<std::optional<std::vector<IpAddress>>()> read_addresses_;
  std::vector<IpAddress> addresses_;  // those that were read last
  TcpSocketReader sockets_;
  bool is_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_SOCKET_SOURCE_H_
