// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_HTTP_URL_H_
#define TCPGAUGE_SRC_NET_HTTP_URL_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Whether `text` begins with http:// or https:// and a host, and is printable ASCII without blanks (RFC 3986). The rest
// is checked by the code that connects.
bool IsHttpUrl(std::string_view text);

// `url` without user and password, so that it may be shown and logged.
std::string WithoutCredentials(std::string_view url);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_HTTP_URL_H_
