// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_
#define TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace tcpgauge {

// Returns the memory limit of this process's control group, in bytes: the smallest of the limits of this group and of
// all visible groups above it. Reads both versions of control groups (memory.limit_in_bytes and memory.max). Nullopt
// when there is no limit, or when none can be read. See cgroups(7) and the kernel's
// Documentation/admin-guide/cgroup-v2.rst.
//
// Tests pass a `root`, a directory that is put before every path.
std::optional<uint64_t> CgroupMemoryLimit(const std::string& root = "");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_MEMORY_CGROUP_LIMIT_H_
