// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_DISTINCT_INTERFACES_H_
#define TCPGAUGE_SRC_CAPTURE_DISTINCT_INTERFACES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Returns `names` without those that stand for the same device as an earlier name, so that no packet is captured
// twice. The first name of a device stays, and labels its packets. Logs each name that is left out.
//
// `index_of` returns the kernel's number of the network interface with this name, or 0 when there is none. Two names
// stand for the same device when they are equal, have the same number (an alternative name, or an alias such as
// "eth0:1"), or name the same groups of netfilter ("nflog" and "nflog:0").
//
// Thread: any.
// Errors: kInvalidArgument when `names` has both `any` and a network interface. `any` captures that interface too, but
// not in promiscuous mode. So leaving out either name would lose something that the user asked for. If `wait`, a name
// without a number may be that of an interface that does not exist yet, and so counts as a network interface.
absl::StatusOr<std::vector<std::string>> DistinctInterfaces(
    const std::vector<std::string>& names, bool wait, const std::function<uint32_t(const std::string&)>& index_of);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_DISTINCT_INTERFACES_H_
