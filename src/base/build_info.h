// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_BUILD_INFO_H_
#define TCPGAUGE_SRC_BASE_BUILD_INFO_H_

#include <string>

namespace tcpgauge {

// Identifies a build of tcpgauge: its version (kVersion) and the commit that it was built from (BuildCommit()).
struct BuildInfo {
  std::string version;
  std::string revision;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_BUILD_INFO_H_
