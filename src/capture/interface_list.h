// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

struct InterfaceDescription {
  std::string name;
  std::string description;  // may be empty
  std::vector<std::string> addresses;
  bool up = false;
  bool loopback = false;
};

// What can be captured on, in the library's order of preference.
absl::StatusOr<std::vector<InterfaceDescription>> ListInterfaces();

// The first interface that is up and not loopback.
absl::StatusOr<std::string> DefaultInterface();

// The names of all that can be captured on, for an error; empty when they cannot be listed.
std::string NamesOfInterfaces();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_LIST_H_
