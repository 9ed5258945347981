// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent_name.h"

#include <sys/utsname.h>

#include "src/base/utf8.h"

namespace tcpgauge {

std::string AgentName() {
  utsname host = {};
  return uname(&host) == 0 ? ToValidUtf8(host.nodename) : "";
}

}  // namespace tcpgauge
