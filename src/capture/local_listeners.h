// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
#define TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_

#include <cstdint>

#include "src/flow/server_endpoints.h"

namespace tcpgauge {

// Asks the kernel for the listening TCP sockets and the addresses of this network namespace. Needs no privilege.
//
// Design. sock_diag(7) walks only the listening sockets. /proc/net/tcp walks all connections, which takes seconds on a
// busy server.
//
// Owns a netlink socket. Thread: one at a time.
// Bounds: ServerEndpoints::kCapacity endpoints; further ones are left out. Waits a second at most for each message.
// Errors: Read() leaves out what the kernel does not report.
class LocalListenerReader {
 public:
  LocalListenerReader();
  ~LocalListenerReader();
  LocalListenerReader(const LocalListenerReader&) = delete;
  LocalListenerReader& operator=(const LocalListenerReader&) = delete;

  // Whether the netlink socket could be opened. Otherwise Read() returns an empty value.
  bool ok() const { return socket_ >= 0; }

  LocalListeners Read();

 private:
  void AddListeners(int family, LocalListeners* listeners);

  const int socket_;
  uint32_t request_number_ = 0;  // of the latest request; tells its answer from a late answer to an earlier one
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
