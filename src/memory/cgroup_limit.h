// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_
#define TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// How many bytes of memory this process's control group lets it have, of both versions (memory.max,
// memory.limit_in_bytes), the smallest of the group's and of those above it that can be seen; nothing where none
// limits. See cgroups(7) and the kernel's Documentation/admin-guide/cgroup-v2.rst. `root` stands before every path.
std::optional<uint64_t> CgroupMemoryLimit(const std::string& root = "");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_
