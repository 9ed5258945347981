// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_LOCAL_SOURCES_H_
#define TCPGAUGE_SRC_IDENTITY_LOCAL_SOURCES_H_

#include <memory>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/identity/identity_source.h"

namespace tcpgauge {

// The folders that the sources of IdentityLevel::kLocal read, and the node on which they are.
struct LocalPaths {
  std::string procfs;          // --path.procfs
  std::string cgroup;          // --path.cgroup
  std::string container_logs;  // --path.container-logs
  std::string node;            // the name of this node, which the pods on it get; may be empty
};

// Makes the sources of IdentityLevel::kLocal, in the order in which IdentityMaker must ask them. `clock` must outlive
// them.
std::vector<std::unique_ptr<IdentitySource>> MakeLocalSources(const LocalPaths& paths, const Clock& clock);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_LOCAL_SOURCES_H_
