// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CHECK_CAPTURE_H_
#define TCPGAUGE_SRC_CAPTURE_CHECK_CAPTURE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace tcpgauge {

// Checks names of interfaces and a filter as far as that is possible without opening a device. `names` may be empty.
// Whether an interface exists is not checked.
//
// The filter is compiled for Ethernet, for what `any` delivers, or for netfilter's log, by the name of each interface.
// A filter on link addresses passes the check also if the interface turns out to have none, as a tunnel of raw IP.
// Compiling may take most of a minute for a filter of thousands of hosts, and looks up the names of hosts in it.
//
// Thread: any. Errors: kInvalidArgument. The message is one line that quotes the name or the filter, and says what
// would be right.
absl::Status CheckCapture(const std::vector<std::string>& names, const std::string& filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CHECK_CAPTURE_H_
