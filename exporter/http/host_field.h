// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HOST_FIELD_H_
#define TCPGAUGE_EXPORTER_HTTP_HOST_FIELD_H_

#include <string_view>

namespace tcpgauge {

// Returns whether `value` is a valid value of the header Host (RFC 9110 section 7.2): a host name, an IPv4 address, or
// an IPv6 address in brackets. Each may be followed by ":" and a port, which is at most 65535 or empty. The IPv6
// address may have a zone, as in "[fe80::1%25eth0]" (RFC 6874). An empty value is valid, because a request for a URI
// without a host sends an empty Host.
//
// Thread: any.
bool IsHostField(std::string_view value);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HOST_FIELD_H_
