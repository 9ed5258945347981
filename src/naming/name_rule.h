// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_NAME_RULE_H_
#define TCPGAUGE_SRC_NAMING_NAME_RULE_H_

#include <cstddef>
#include <string_view>

namespace tcpgauge {

constexpr size_t kMaxNameBytes = 253;  // the longest name in Kubernetes is that of a DNS subdomain (RFC 1123)

// Whether `text` may be a name in EndIdentity: 1 to kMaxNameBytes characters out of [A-Za-z0-9._:@-]. Any other text
// counts as an unknown name. So a name never needs escapes in a label, in JSON or on a terminal.
bool IsName(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_NAME_RULE_H_
