// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_BUILD_INFO_H_
#define TCPGAUGE_EXPORTER_METRICS_BUILD_INFO_H_

#include <string>

namespace tcpgauge {

// Which build of tcpgauge this is.
struct BuildInfo {
  std::string version;
  std::string revision;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_BUILD_INFO_H_
