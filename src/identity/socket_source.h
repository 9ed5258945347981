// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_SOCKET_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_SOCKET_SOURCE_H_

#include <string_view>

#include "src/base/clock.h"
#include "src/capture/tcp_sockets.h"
#include "src/identity/identity_source.h"

namespace tcpgauge {

// Knows the TCP sockets of this network namespace by their control groups, the queues of the listening ones, and the
// addresses of the namespace. The addresses are shared: all programs of the host use them.
//
// kube-proxy may give the addresses of all services of the cluster to an interface kube-ipvs0. They are no addresses of
// this node alone, and are left out.
//
// Owns a netlink socket.
// Thread: see IdentitySource.
// Bounds: those of the draft.
class SocketSource final : public IdentitySource {
 public:
  // `clock` must outlive this object.
  explicit SocketSource(const Clock& clock) : clock_(clock) {}

  void AddTo(IdentityDraft* draft) override;
  std::string_view name() const override { return "sockets"; }
  // False if the kernel did not report all sockets, or does not tell their control groups (before Linux 5.8).
  bool is_up() const override { return is_up_; }

 private:
  const Clock& clock_;
  TcpSocketReader sockets_;
  bool is_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_SOCKET_SOURCE_H_
