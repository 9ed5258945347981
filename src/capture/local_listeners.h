#ifndef TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
#define TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_

#include "absl/strings/string_view.h"
#include "src/flow/server_endpoints.h"

namespace tcpgauge {

// The sockets of this machine (network namespace) that listen now, and its addresses. What cannot be read is left out.
LocalListeners ReadLocalListeners();

// Adds the listening sockets in a text of the form of /proc/net/tcp or /proc/net/tcp6 (see proc(5)).
void AddListeners(absl::string_view proc_net_tcp, LocalListeners* listeners);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LOCAL_LISTENERS_H_
