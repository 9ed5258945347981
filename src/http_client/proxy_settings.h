// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_HTTP_CLIENT_PROXY_SETTINGS_H_
#define TCPGAUGE_SRC_HTTP_CLIENT_PROXY_SETTINGS_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The proxies of HTTP calls, as the environment names them. The rules are those of Go's httpproxy, which the
// OpenTelemetry SDKs and most programs beside them follow.
//
// Thread: thread-safe after construction.
class ProxySettings {
 public:
  // Returns the value of an environment variable, or null: getenv(), or a test's replacement.
  using Variables = std::function<const char*(const char*)>;

  // No call uses a proxy.
  ProxySettings() = default;

  // Reads HTTP_PROXY for http URLs, HTTPS_PROXY for https URLs, ALL_PROXY for those of both that have none, and
  // NO_PROXY. Each name is read in capitals first, and in lower case if that variable is not set or empty.
  //
  // A proxy is SCHEME://USER:PASSWORD@HOST:PORT. The scheme is http, https, socks5 or socks5h, and http if there is
  // none. User and password are optional. Without a port, the port is 80, 443 or 1080.
  //
  // NO_PROXY is a list of hosts that are called without a proxy, separated by commas. Letter case has no meaning:
  //   "*"                         every host
  //   "example.com"               this host, and each host that ends with ".example.com"
  //   ".example.com", "*.example.com"   only the latter
  //   "192.0.2.1", "2001:db8::1"  this address
  //   "192.0.2.0/24"              the addresses of this prefix
  // Each of these but "*" and a prefix may end with ":PORT", and is then for that port alone. An IPv6 address with a
  // port stands in brackets.
  static ProxySettings FromEnvironment(const Variables& variables);

  // Returns the URL of the proxy for a call of `host` and `port` by `scheme`, with a port; empty = no proxy. `scheme`
  // is http or https. `host` may be an IPv6 address in brackets. localhost and loopback addresses never have a proxy.
  //
  // Errors: InvalidArgument if the variable does not hold a valid proxy. The message names the variable, and does not
  // repeat its value, which may hold a password.
  absl::StatusOr<std::string> ProxyFor(std::string_view scheme, std::string_view host, int port) const;

 private:
  // A variable and its value; an empty value = not set.
  struct Variable {
    std::string name;
    std::string value;
  };
  // An entry of NO_PROXY.
  struct Exception {
    std::string suffix;                // with a leading dot; empty = not a name
    bool is_exact_too = false;         // also the name without the dot
    std::optional<IpAddress> address;  // the network's address for a prefix
    int prefix_bits = 0;               // of `address`, counted by its own family
    int port = 0;                      // 0 = every port
  };

  static Variable Read(const Variables& variables, std::string_view name);
  static std::optional<Exception> ParseException(std::string_view entry);
  bool IsException(std::string_view host, const std::optional<IpAddress>& address, int port) const;

  Variable http_;
  Variable https_;
  bool excepts_all_ = false;
  std::vector<Exception> exceptions_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_HTTP_CLIENT_PROXY_SETTINGS_H_
