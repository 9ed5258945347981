// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent_name.h"

#include <sys/utsname.h>

namespace tcpgauge {

std::string AgentName() {
  utsname host = {};
  return uname(&host) == 0 ? host.nodename : "";
}

}  // namespace tcpgauge
