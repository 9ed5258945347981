// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_
#define TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// A stream socket that listens. Owns the descriptor until Release(); owns the file of a unix socket for life.
// Thread: none of its own.
class ListenSocket {
 public:
  // `address` is HOST:PORT, [IPV6]:PORT, :PORT (all addresses, IPv4 and IPv6) or unix:PATH; port 0 lets the kernel
  // choose. A host name means the first of its addresses that can be had, IPv4 first. A unix socket that nobody answers
  // any more is replaced. Errors name the address and what would be right: InvalidArgument when it is no address,
  // NotFound when it is not one of this host's or has no directory, AlreadyExists when it is in use, PermissionDenied,
  // else Unavailable.
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
