// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_BUILD_INFO_H_
#define TCPGAUGE_SRC_BASE_BUILD_INFO_H_

#include <string>

namespace tcpgauge {

// Identifies a build of tcpgauge.
struct BuildInfo {
  std::string version;   // kVersion
  std::string revision;  // BuildCommit()
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_BUILD_INFO_H_
