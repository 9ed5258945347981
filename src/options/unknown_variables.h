// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_UNKNOWN_VARIABLES_H_
#define TCPGAUGE_SRC_OPTIONS_UNKNOWN_VARIABLES_H_

#include <string>
#include <vector>

namespace tcpgauge {

// Returns a warning for each variable whose name begins with TCPGAUGE_ and is not the variable of an option. Without
// the warning, a mistyped variable would have no effect, and nobody would see why. The warning names the variable, and
// the nearest variable of an option if one is similar enough (NearestVariable()).
//
// `environment` is a list as in environ(7): "NAME=VALUE" strings, and a null pointer at the end. `environment` may be
// null, which means an empty list.
//
// Kubernetes sets variables for each service of a pod's namespace: for a service named tcpgauge, TCPGAUGE_PORT and
// TCPGAUGE_SERVICE_HOST are two of them. No warning is given for these:
// - names that begin with TCPGAUGE_PORT or TCPGAUGE_SERVICE_,
// - the variables of a service whose name begins with tcpgauge-, such as TCPGAUGE_WEB_SERVICE_HOST,
//   TCPGAUGE_WEB_SERVICE_PORT_HTTP, TCPGAUGE_WEB_PORT_80_TCP_ADDR, and TCPGAUGE_WEB_PORT if its value is a URL.
//
// A warning holds at most the first 100 bytes of the unknown name. These may be any bytes except `=` and 0.
std::vector<std::string> UnknownVariables(const char* const* environment);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_UNKNOWN_VARIABLES_H_
