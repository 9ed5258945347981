// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

// An interface as libpcap describes it. A plain value.
struct InterfaceDescription {
  std::string name;
  std::string description;             // may be empty
  std::vector<std::string> addresses;  // IPv4 and IPv6, as text; may be empty
  bool up = false;
  bool loopback = false;
};

// Thread: any thread may call these functions.

// Returns the interfaces on which libpcap can capture, in libpcap's order, the most useful first. Errors: kUnavailable.
absl::StatusOr<std::vector<InterfaceDescription>> ListInterfaces();

// Returns the name of the first interface that is up, has an address, and is neither loopback nor `any`. Errors:
// kNotFound when there is no such interface; the message lists NamesOfInterfaces(). kUnavailable when the interfaces
// cannot be listed.
absl::StatusOr<std::string> DefaultInterface();

// Returns the names of all interfaces on which libpcap can capture, separated by commas, for an error message. Returns
// an empty text when the interfaces cannot be listed.
std::string NamesOfInterfaces();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_
