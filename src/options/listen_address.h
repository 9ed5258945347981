// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_LISTEN_ADDRESS_H_
#define TCPGAUGE_SRC_OPTIONS_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// A value of --web.listen-address. A plain value. Two spellings of one address, such as 127.1:080 and 127.0.0.1:80,
// give equal values. A host name is not looked up, so localhost and 127.0.0.1 differ.
struct ListenAddress {
  std::string unix_path;  // without . and empty parts; empty = TCP
  std::string host;       // a name in lower case, or an address; "::" = all addresses of IPv4 and IPv6
  int port = 0;           // 0 = any free port

  friend bool operator==(const ListenAddress& a, const ListenAddress& b) {
    return a.unix_path == b.unix_path && a.host == b.host && a.port == b.port;
  }
};

// Parses HOST:PORT or unix:PATH. PATH has at most 107 bytes. HOST is an IPv4 address, an IPv6 address in brackets, a
// name, or empty for all addresses. Does not check whether the name can be resolved or the port is free.
//
// Errors: kInvalidArgument. The message is one line that quotes the value, and says what would be right. Thread: any.
absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& value);

// Returns whether one process cannot listen on both addresses: they are the same, or one is a wildcard address that
// contains the other. Port 0 never collides. Thread: any.
bool Collide(const ListenAddress& a, const ListenAddress& b);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_LISTEN_ADDRESS_H_
