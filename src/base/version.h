// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_VERSION_H_
#define TCPGAUGE_SRC_BASE_VERSION_H_

#include <string>
#include <vector>

namespace tcpgauge {

// The version of tcpgauge.
constexpr char kVersion[] = "0.1.0";

// The name and the version of a library that the program is linked with.
struct LibraryVersion {
  std::string name;
  std::string version;
};

// Returns the text that --version prints, with a newline after each line:
//
//   tcpgauge 0.1.0 (commit 0123456789ab)
//     libpcap 1.10.3
//     abseil 20220623.1
//
// `commit` is BuildCommit(). After the first line come a line for each of `libraries` and a line for abseil. The caller
// passes the versions of the other libraries, because the headers of each library may be included in only one file or
// folder of the project.
std::string VersionText(const std::string& commit, const std::vector<LibraryVersion>& libraries);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_VERSION_H_
