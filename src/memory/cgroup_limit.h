// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_
#define TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// The memory limit of this process's control group, in bytes: the smallest limit of the group and of the visible groups
// above it, in both versions (memory.max, memory.limit_in_bytes). Nullopt when there is no limit. See cgroups(7) and
// the kernel's Documentation/admin-guide/cgroup-v2.rst. `root` is put before every path, for tests.
std::optional<uint64_t> CgroupMemoryLimit(const std::string& root = "");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_
