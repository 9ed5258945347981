// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_NAME_RULES_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_NAME_RULES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace tcpgauge {

// Returns whether the kernel accepts `name` as the name of a network interface: it has 1 to 15 bytes, none of which is
// white space, "/" or ":", and it is neither "." nor ".." (dev_valid_name() in the kernel's net/core/dev.c). The kernel
// takes the byte 0xa0 for white space too. An interface of that name need not exist. Thread: any.
bool CanNameInterface(std::string_view name);

// Returns the error for a name that no interface can have. Its message names the rules. REQUIRES:
// !CanNameInterface(name). Thread: any.
absl::Status NoPossibleInterface(const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_NAME_RULES_H_
