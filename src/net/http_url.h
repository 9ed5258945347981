// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_HTTP_URL_H_
#define TCPGAUGE_SRC_NET_HTTP_URL_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Whether `text` begins as an http or https URL must (RFC 3986): the scheme, a host, nothing that is not printable
// ASCII. The rest is left to who connects.
bool IsHttpUrl(std::string_view text);

// The same without user and password, for the eyes of others.
std::string WithoutCredentials(std::string_view url);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_HTTP_URL_H_
