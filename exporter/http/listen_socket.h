// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_
#define TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// A listening stream socket. Owns the descriptor until Release(), and the file of a unix socket until its own end.
// Thread: confined to one at a time.
class ListenSocket {
 public:
  // `address` is HOST:PORT, [IPV6]:PORT, :PORT (all addresses, IPv4 and IPv6) or unix:PATH. With port 0 the kernel
  // chooses the port. A host name means the first of its addresses that this host can listen on, IPv4 first. The file
  // of a unix socket is replaced if no process listens on it any more. Errors: InvalidArgument when the form of
  // `address` is wrong, NotFound when it is no address of this host or its directory is missing, AlreadyExists when it
  // is in use, PermissionDenied, and Unavailable for the rest. The message names the address and what to use instead.
  static absl::StatusOr<ListenSocket> Open(const std::string& address);

  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&&) = delete;
  ~ListenSocket();

  int fd() const { return fd_; }

  // Hands the descriptor to the caller.
  int Release();

  bool is_unix() const { return !unix_path_.empty(); }

  // What a client connects to, with the port that the kernel chose: "127.0.0.1:10406", "[::]:10406", "unix:/run/x".
  const std::string& bound_address() const { return bound_address_; }

 private:
  explicit ListenSocket(int fd) : fd_(fd) {}

  static absl::StatusOr<ListenSocket> OpenUnix(const std::string& address);
  static absl::StatusOr<ListenSocket> OpenTcp(const std::string& address);

  int fd_ = -1;
  std::string bound_address_;
  std::string unix_path_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_
