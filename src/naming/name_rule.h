// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_NAME_RULE_H_
#define TCPGAUGE_SRC_NAMING_NAME_RULE_H_

#include <cstddef>
#include <string_view>

namespace tcpgauge {

constexpr size_t kMaxNameBytes = 253;  // of a DNS subdomain, the longest name in Kubernetes (RFC 1123 section 2.1)

// Whether `text` may be a name of an end: 1 to kMaxNameBytes characters out of [A-Za-z0-9._:@-]. Any other text counts
// as unknown, wherever it comes from. So a name never needs escapes in a label, in JSON or on a terminal.
bool IsName(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_NAME_RULE_H_
