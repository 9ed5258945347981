// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_HOST_PATTERN_H_
#define TCPGAUGE_SRC_NET_HOST_PATTERN_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tcpgauge {

// Thread: any thread may call these functions.

// Returns the host of `authority`, the value of a Host header such as "Example.org:443" or "[2001:db8::1]", in the form
// in which hosts are compared: without the port and brackets, in lower case, and without the dot that may end a name.
// The syntax is not checked. For example, the host of "[example.org" is "example.org".
std::string HostOf(std::string_view authority);

// Whether `host`, a result of HostOf(), is an IPv4 address in its usual form (four decimal numbers), or an IPv6
// address, perhaps with a zone. Browsers write every address in these forms.
bool IsIpLiteral(std::string_view host);

// Returns OK if `pattern` is a pattern for MatchesHost(). Errors: InvalidArgument. The message quotes the pattern and
// says what would be right.
absl::Status CheckHostPattern(std::string_view pattern);

// Whether `host`, a result of HostOf(), matches `pattern`, which CheckHostPattern() accepts:
// - a name, which may end with a dot: matches itself;
// - "*." and a name: matches every host that ends with a dot and this name;
// - "*": matches every host.
// The case of letters does not matter. Names of other scripts are compared in their ASCII form ("xn--", RFC 5890), in
// which clients send them.
bool MatchesHost(std::string_view pattern, std::string_view host);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_HOST_PATTERN_H_
