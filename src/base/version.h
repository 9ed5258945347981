// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_VERSION_H_
#define TCPGAUGE_SRC_BASE_VERSION_H_

#include <string>
#include <vector>

namespace tcpgauge {

// The only place that says which version this is.
constexpr char kVersion[] = "0.1.0";

struct LibraryVersion {
  std::string name;
  std::string version;
};

// What --version prints: "tcpgauge 0.1.0 (commit 0123abc)", then a line per library: those given, in order, and
// abseil. Each library's version comes from the code that is the home of its header.
std::string VersionText(const std::string& commit, const std::vector<LibraryVersion>& libraries);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_VERSION_H_
