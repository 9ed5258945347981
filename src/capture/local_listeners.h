// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
#define TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_

#include <cstdint>

#include "src/flow/server_endpoints.h"

namespace tcpgauge {

// Asks the kernel which sockets of this machine (network namespace) listen, and for its addresses. By sock_diag(7),
// which walks the listening sockets alone: /proc/net/tcp walks all connections, which takes seconds on a busy server.
//
// Thread: one at a time. Needs no privilege. Errors: what the kernel does not tell is left out.
class LocalListenerReader {
 public:
  LocalListenerReader();
  ~LocalListenerReader();
  LocalListenerReader(const LocalListenerReader&) = delete;
  LocalListenerReader& operator=(const LocalListenerReader&) = delete;

  // Whether the kernel answers such questions.
  bool ok() const { return socket_ >= 0; }

  LocalListeners Read();

 private:
  void AddListeners(int family, LocalListeners* listeners);

  const int socket_;
  uint32_t question_ = 0;  // its number, to tell its answer from a late one
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
