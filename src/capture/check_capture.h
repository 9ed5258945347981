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
// The filter is compiled for the link type of each name: the link type of `any`, that of netfilter's log, or Ethernet
// for any other name. Without names, it is compiled for Ethernet. So a filter on link addresses passes the check even
// if an interface has no such addresses, for example a tunnel of raw IP. Compiling may take most of a minute for a
// filter of thousands of hosts, and looks up the names of hosts in it. Logs what DistinctInterfaces() and
// FilterProgram::Compile() log.
//
// Thread: any. Errors: kInvalidArgument. The message is one line. It quotes the name and says what would be right, or
// quotes the filter and names pcap-filter(7).
absl::Status CheckCapture(const std::vector<std::string>& names, const std::string& filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CHECK_CAPTURE_H_
