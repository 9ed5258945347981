// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
#define TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_

#include "src/capture/tcp_sockets.h"
#include "src/flow/server_endpoints.h"

namespace tcpgauge {

// Asks the kernel for the listening TCP sockets and the addresses of this network namespace. Needs no privilege.
//
// Owns a netlink socket.
// Thread: one thread at a time.
// Bounds: returns at most ServerEndpoints::kCapacity listeners that are bound to one address, and leaves out further
// ones. Ports of listeners on all addresses, and addresses of the namespace, are not bounded. Waits at most one second
// for each message of the kernel.
class LocalListenerReader {
 public:
  // Whether the netlink socket could be opened. If it could not, Read() returns an empty value.
  bool ok() const { return sockets_.ok(); }

  // Asks the kernel. Errors: the result lacks whatever the kernel does not report.
  LocalListeners Read();

 private:
  TcpSocketReader sockets_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
