// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

constexpr char kUnixPrefix[] = "unix:";
constexpr int kBacklog = 512;

// Connections inherit these. Without a bound of its own, the kernel would keep megabytes for a client that does not
// read (tcp_wmem). It reserves twice as much, for its own records.
constexpr int kSendBufferBytes = 32 << 10;
constexpr int kReceiveBufferBytes = 16 << 10;
// Loopback's segments of 64 kB would fit into the buffer one at a time, and the client delays the acknowledgment of a
// single segment: a connection took 1.7 MB a second. Other interfaces have shorter segments anyway.
constexpr int kSegmentBytes = 8 << 10;

absl::Status NotAnAddress(const std::string& address, const char* what) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot listen on \"", address, "\": ", what,
                   "; use HOST:PORT, [IPV6]:PORT, :PORT or unix:PATH, with a port from 0 ", "(any free one) to 65535"));
}

absl::Status FromErrno(const std::string& address, int error) {
  const std::string what = absl::StrCat("cannot listen on ", address, ": ", std::strerror(error));
  switch (error) {
    case EADDRINUSE:
      return absl::AlreadyExistsError(absl::StrCat(what, "; stop the program that listens there, or use another one"));
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(
          absl::StrCat(what, "; a port below 1024 needs CAP_NET_BIND_SERVICE, a unix socket a writable directory"));
    case EADDRNOTAVAIL:
      return absl::NotFoundError(absl::StrCat(what, "; use an address of this host, or :PORT for all of them"));
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(absl::StrCat(what, "; use a path in a directory that exists"));
    default:
      return absl::UnavailableError(what);
  }
}

struct HostAndPort {
  std::string host;  // empty = all addresses
  uint16_t port = 0;
};

absl::StatusOr<HostAndPort> Split(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return NotAnAddress(address, "its port is missing");
  HostAndPort result;
  result.host = address.substr(0, colon);
  const char* const begin = address.data() + colon + 1;
  const char* const end = address.data() + address.size();
  const auto [stop, error] = std::from_chars(begin, end, result.port);
  if (error != std::errc() || stop != end) return NotAnAddress(address, "its port is not a number up to 65535");
  const bool has_open = !result.host.empty() && result.host.front() == '[';
  const bool has_close = !result.host.empty() && result.host.back() == ']';
  if (has_open != has_close || (!has_open && result.host.find(':') != std::string::npos)) {
    return NotAnAddress(address, "an IPv6 address needs [brackets]");
  }
  if (has_open) result.host = result.host.substr(1, result.host.size() - 2);
  return result;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

void SetWhatConnectionsInherit(int fd, bool is_unix) {
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof(kSendBufferBytes));
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof(kReceiveBufferBytes));
  if (is_unix) return;
  // The last part of a response must not wait for the acknowledgment of the part before it.
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &kSegmentBytes, sizeof(kSegmentBytes));
}

// Returns a listening socket, or -1 with errno set.
int ListenOn(const sockaddr* address, socklen_t length) {
  const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int on = 1, off = 0;
  const bool is_unix = address->sa_family == AF_UNIX;
  if (!is_unix) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address->sa_family == AF_INET6) {
    // The wildcard address serves IPv4 as well.
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    const int* v6_only = IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr) ? &off : &on;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only, sizeof(*v6_only));
  }
  SetWhatConnectionsInherit(fd, is_unix);
  if (bind(fd, address, length) == 0 && listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

std::string BoundAddress(int fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof(bound);
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length);
  char host[INET6_ADDRSTRLEN] = "";
  if (bound.ss_family == AF_UNIX) {
    std::string path(reinterpret_cast<const sockaddr_un*>(&bound)->sun_path, length - offsetof(sockaddr_un, sun_path));
    if (!path.empty() && path.front() == '\0') {
      path.front() = '@';  // in the abstract namespace (unix(7))
    } else {
      path.resize(std::strlen(path.c_str()));  // without the NUL at its end
    }
    return kUnixPrefix + path;
  }
  if (bound.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&bound);
    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
    return absl::StrCat("[", host, "]:", ntohs(v6->sin6_port));
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&bound);
  inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
  return absl::StrCat(host, ":", ntohs(v4->sin_port));
}

// Returns the value of a socket's option at the level SOL_SOCKET, or -1.
int SocketOption(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof(value);
  return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

// Whether a process listens on the unix socket; true when that cannot be told.
bool HasListener(const sockaddr_un& address) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return true;
  const bool refused =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 && errno == ECONNREFUSED;
  close(fd);
  return !refused;
}

}  // namespace

absl::StatusOr<ListenSocket> ListenSocket::Open(const std::string& address) {
  if (address.rfind(kPassed, 0) == 0) return TakePassed(address);
  return address.rfind(kUnixPrefix, 0) == 0 ? OpenUnix(address) : OpenTcp(address);
}

absl::StatusOr<ListenSocket> ListenSocket::TakePassed(const std::string& address) {
  const char* const begin = address.data() + sizeof(kPassed) - 1;
  const char* const end = address.data() + address.size();
  int fd = -1;
  const auto [stop, error] = std::from_chars(begin, end, fd);
  if (error != std::errc() || stop != end) return NotAnAddress(address, "it names no descriptor");
  const int family = SocketOption(fd, SO_DOMAIN);
  const bool has_family = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  if (!has_family || SocketOption(fd, SO_TYPE) != SOCK_STREAM || SocketOption(fd, SO_ACCEPTCONN) != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen on descriptor ", fd,
                     ", which another program passed: it is no stream socket that listens; a socket unit of systemd "
                     "needs ListenStream= and Accept=no"));
  }
  ListenSocket socket(fd);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  SetWhatConnectionsInherit(fd, family == AF_UNIX);
  socket.is_unix_ = family == AF_UNIX;
  socket.bound_address_ = BoundAddress(fd);
  return socket;
}

absl::StatusOr<ListenSocket> ListenSocket::OpenUnix(const std::string& address) {
  const std::string path = address.substr(sizeof(kUnixPrefix) - 1);
  sockaddr_un bound{};
  bound.sun_family = AF_UNIX;
  if (path.empty()) return NotAnAddress(address, "its path is missing");
  if (path.size() >= sizeof(bound.sun_path)) {
    return NotAnAddress(address, "the kernel takes paths of at most 107 bytes");
  }
  std::memcpy(bound.sun_path, path.data(), path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&bound);
  int fd = ListenOn(generic, sizeof(bound));
  struct stat file;
  if (fd < 0 && errno == EADDRINUSE && lstat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode) &&
      !HasListener(bound)) {
    unlink(path.c_str());
    fd = ListenOn(generic, sizeof(bound));
  }
  if (fd < 0) return FromErrno(address, errno);
  ListenSocket socket(fd);
  socket.is_unix_ = true;
  socket.unix_path_ = path;
  socket.bound_address_ = address;
  return socket;
}

absl::StatusOr<ListenSocket> ListenSocket::OpenTcp(const std::string& address) {
  const absl::StatusOr<HostAndPort> wanted = Split(address);
  if (!wanted.ok()) return wanted.status();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(wanted->host.empty() ? nullptr : wanted->host.c_str(),
                                  std::to_string(wanted->port).c_str(), &hints, &list);
  if (failure != 0) {
    return absl::NotFoundError(absl::StrCat("cannot listen on ", address, ": ", gai_strerror(failure),
                                            "; use an address of this host, or :PORT for all of them"));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
  std::vector<const addrinfo*> candidates;
  for (const addrinfo* candidate = list; candidate != nullptr; candidate = candidate->ai_next) {
    candidates.push_back(candidate);
  }
  const int first_family = wanted->host.empty() ? AF_INET6 : AF_INET;
  std::stable_partition(candidates.begin(), candidates.end(),
                        [first_family](const addrinfo* c) { return c->ai_family == first_family; });
  int first_error = 0;
  for (const addrinfo* candidate : candidates) {
    const int fd = ListenOn(candidate->ai_addr, candidate->ai_addrlen);
    if (fd >= 0) {
      ListenSocket socket(fd);
      socket.bound_address_ = BoundAddress(fd);
      return socket;
    }
    // An earlier address only was none of this host. This one is the reason why the next ones are not tried.
    if (errno == EADDRINUSE) return FromErrno(address, EADDRINUSE);
    // Report the error of IPv4 rather than that the kernel lacks IPv6.
    if (first_error == 0 || first_error == EAFNOSUPPORT) first_error = errno;
  }
  return FromErrno(address, first_error);
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      is_unix_(other.is_unix_),
      bound_address_(std::move(other.bound_address_)),
      unix_path_(std::exchange(other.unix_path_, {})) {}

ListenSocket::~ListenSocket() {
  if (fd_ >= 0) close(fd_);
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
}

int ListenSocket::Release() { return std::exchange(fd_, -1); }

}  // namespace tcpgauge
