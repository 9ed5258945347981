// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_VERSION_H_
#define TCPGAUGE_SRC_BASE_VERSION_H_

#include <string>
#include <vector>

namespace tcpgauge {

// The version of tcpgauge.
constexpr char kVersion[] = "0.1.0";

struct LibraryVersion {
  std::string name;
  std::string version;
};

// What --version prints: "tcpgauge 0.1.0 (commit 0123abc)", then one line for each of `libraries` and one for abseil.
// The caller asks each library's only home for its version.
std::string VersionText(const std::string& commit, const std::vector<LibraryVersion>& libraries);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_VERSION_H_
