// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_HTTP_URL_H_
#define TCPGAUGE_SRC_NET_HTTP_URL_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Whether `text` can be the URL of an HTTP server (RFC 3986): it begins with http:// or https://, in capitals or not,
// names a host, and is printable ASCII without blanks. User and password may stand before the host. The syntax of host,
// port and path is not checked: the code that connects reports errors in these parts.
bool IsHttpUrl(std::string_view text);

// Returns `url` without user and password, so that it may be shown and logged. A secret in the path or in the query
// stays.
//
// Whoever mistypes a URL must not see the password in the error. So `url` may be invalid. If `url` has no `//`, or if
// its port is not a number, everything up to the last @ is left out.
std::string WithoutCredentials(std::string_view url);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_HTTP_URL_H_
