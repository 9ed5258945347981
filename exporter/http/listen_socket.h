// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_
#define TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_

#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// A listening stream socket. The object owns its descriptor until Release(). It also owns the file of a unix socket
// that it opened: the destructor removes the file, even after Release().
//
// Thread: one thread at a time.
class ListenSocket {
 public:
  // The first bytes of the address fd=N (see Open()). No HOST:PORT begins with them.
  static constexpr char kPassed[] = "fd=";

  // Opens a socket that listens on `address`. The descriptor is non-blocking and is closed on exec. The forms of
  // `address`:
  // - HOST:PORT. The addresses of a host name are tried in turn, IPv4 before IPv6, until the socket can listen on one.
  //   If an address is in use, Open() fails and does not try the next address. Otherwise clients, which try the
  //   addresses in the same order, would reach the program that uses this address. A name may be looked up in the DNS,
  //   which can take seconds.
  // - [IPV6]:PORT.
  // - :PORT, which means all addresses of IPv4 and IPv6, or of IPv4 alone if the kernel lacks IPv6.
  // - unix:PATH, with a path of at most 107 bytes. If PATH is a socket on which no process listens, it is replaced.
  // - fd=N, which means the descriptor N. Another program has passed it, and it listens already.
  // With port 0 the kernel chooses the port.
  //
  // Errors; the message names `address`:
  // - InvalidArgument: the form of `address` is wrong.
  // - NotFound: the look-up of the host name fails, the address is not one of this host, or the directory of PATH is
  //   missing.
  // - AlreadyExists: `address` is in use, or PATH is a file that may not be replaced.
  // - PermissionDenied: the port or the directory needs a privilege.
  // - FailedPrecondition: the descriptor N is no stream socket of TCP or unix that listens.
  // - Unavailable: any other error of the kernel.
  static absl::StatusOr<ListenSocket> Open(const std::string& address);

  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&&) = delete;
  ~ListenSocket();

  // The descriptor; -1 after Release().
  int fd() const { return fd_; }

  // Returns the descriptor, which the caller must close.
  int Release();

  bool is_unix() const { return is_unix_; }

  // The address on which the socket listens, with the port that the kernel chose: "127.0.0.1:10406", "[::]:10406",
  // "unix:/run/x". Remains known after Release().
  const std::string& bound_address() const { return bound_address_; }

 private:
  explicit ListenSocket(int fd) : fd_(fd) {}

  static absl::StatusOr<ListenSocket> OpenUnix(const std::string& address);
  static absl::StatusOr<ListenSocket> OpenTcp(const std::string& address);
  static absl::StatusOr<ListenSocket> TakePassed(const std::string& address);

  int fd_ = -1;
  bool is_unix_ = false;
  std::string bound_address_;
  std::string unix_path_;  // of the file to remove; empty = none
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_LISTEN_SOCKET_H_
