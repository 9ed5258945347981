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

// The proxies of HTTP calls, as the environment names them. The rules are those of Go's package httpproxy. In addition,
// ALL_PROXY is read.
//
// Thread: any, after construction.
class ProxySettings {
 public:
  // A function that returns the value of an environment variable, or null: getenv(), or the replacement in a test.
  using Variables = std::function<const char*(const char*)>;

  // Settings without any proxy.
  ProxySettings() = default;

  // Reads HTTP_PROXY for http URLs, HTTPS_PROXY for https URLs, ALL_PROXY and NO_PROXY. If one of these variables is
  // empty, the variable with its name in lower case is read. If HTTP_PROXY or HTTPS_PROXY is empty in both spellings,
  // the value of ALL_PROXY is used. A variable that is not set counts as empty.
  //
  // A proxy is SCHEME://USER:PASSWORD@HOST:PORT. The scheme is http, https, socks5 or socks5h; without one, it is http.
  // User and password are optional. The default port is 80 for http, 443 for https, and 1080 for the other two.
  //
  // NO_PROXY is a list of hosts that are called without a proxy, separated by commas and in any letter case:
  //   "*"                         every host
  //   "example.com"               this host, and each host that ends with ".example.com"
  //   ".example.com", "*.example.com"   each host that ends with ".example.com"
  //   "192.0.2.1", "2001:db8::1"  this address
  //   "192.0.2.0/24"              the addresses of this prefix
  // A name or an address may end with ":PORT". Then only calls to that port go without a proxy. An IPv6 address with a
  // port is in brackets. Entries of other forms have no effect.
  static ProxySettings FromEnvironment(const Variables& variables);

  // Returns the URL of the proxy for a call to `host` and `port` by `scheme`; empty = no proxy. The URL has a port.
  // `scheme` is http or https. `host` may be an IPv6 address in brackets. localhost and loopback addresses never have a
  // proxy.
  //
  // Errors: InvalidArgument if the call needs a proxy, and the environment variable for this proxy does not hold a
  // valid value. The message names the variable. It leaves out the value, which may hold a password.
  absl::StatusOr<std::string> ProxyFor(std::string_view scheme, std::string_view host, int port) const;

 private:
  // A variable and its value; an empty value = not set.
  struct Variable {
    std::string name;
    std::string value;
  };
  // An entry of NO_PROXY.
  struct Exception {
    std::string suffix;                // with a leading dot; empty = the entry is not a name
    bool is_exact_too = false;         // the entry also stands for the name without the dot
    std::optional<IpAddress> address;  // of the host, or of the network
    int prefix_bits = 0;               // of `address`; at most 32 for IPv4, 128 for IPv6
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
