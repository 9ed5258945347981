// SPDX-License-Identifier: Apache-2.0
#include "src/identity/local_sources.h"

#include "src/identity/container_log_source.h"
#include "src/identity/control_group_source.h"
#include "src/identity/process_source.h"
#include "src/identity/socket_source.h"

namespace tcpgauge {

std::vector<std::unique_ptr<IdentitySource>> MakeLocalSources(const LocalPaths& paths, const Clock& clock) {
  std::vector<std::unique_ptr<IdentitySource>> sources;
  sources.push_back(std::make_unique<SocketSource>(clock));
  sources.push_back(std::make_unique<ControlGroupSource>(paths.cgroup));  // answers for the groups of the sockets
  sources.push_back(std::make_unique<ProcessSource>(paths.procfs));
  sources.push_back(std::make_unique<ContainerLogSource>(paths.container_logs, paths.node));
  return sources;
}

}  // namespace tcpgauge
