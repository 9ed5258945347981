// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
#define TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_

#include <cstdint>

#include "src/flow/server_endpoints.h"

namespace tcpgauge {

// Asks the kernel for the listening TCP sockets and the addresses of this network namespace. Needs no privilege.
//
// Design. sock_diag(7) walks only the listening sockets. /proc/net/tcp was rejected: it walks all connections, which
// takes seconds on a busy server.
//
// Owns a netlink socket.
// Thread: one at a time.
// Bounds: returns at most ServerEndpoints::kCapacity listeners that listen on a certain address, and leaves out further
// ones. Returns any number of ports that listen on all addresses, and of addresses of the namespace. Waits at most one
// second for each message of the kernel.
class LocalListenerReader {
 public:
  LocalListenerReader();
  ~LocalListenerReader();
  LocalListenerReader(const LocalListenerReader&) = delete;
  LocalListenerReader& operator=(const LocalListenerReader&) = delete;

  // Whether the netlink socket could be opened. If it could not, Read() returns an empty value.
  bool ok() const { return socket_ >= 0; }

  // Asks the kernel. Errors: the result lacks whatever the kernel does not report.
  LocalListeners Read();

 private:
  void AddListeners(int family, LocalListeners* listeners);

  const int socket_;
  // Of the latest request. It distinguishes the answer from a late answer to an earlier request.
  uint32_t request_number_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
