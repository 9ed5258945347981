// SPDX-License-Identifier: Apache-2.0
#include "src/memory/cgroup_limit.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tcpgauge {
namespace {

// Builds a file system in a temporary folder.
class CgroupLimitTest : public testing::Test {
 protected:
  CgroupLimitTest() {
    std::string name = testing::TempDir() + "/cgroup-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~CgroupLimitTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  void MountV2(const std::string& mounted_root, const std::string& group) {
    Write("/proc/self/mountinfo", "24 30 0:22 / /proc rw,nosuid - proc proc rw\n31 24 0:27 " + mounted_root +
                                      " /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    Write("/proc/self/cgroup", "0::" + group + "\n");
  }
  void MountV1(const std::string& mounted_root, const std::string& group) {
    Write("/proc/self/mountinfo", "35 31 0:30 " + mounted_root +
                                      " /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n36 31 0:31 " + mounted_root +
                                      " /sys/fs/cgroup/memory rw shared:12 - cgroup cgroup rw,memory\n");
    Write("/proc/self/cgroup", "5:cpu:/elsewhere\n4:memory:" + group + "\n");
  }
  std::optional<uint64_t> Limit() const { return CgroupMemoryLimit(root_); }

  std::string root_;
};

TEST_F(CgroupLimitTest, ThereIsNoneWithoutAGroup) {
  EXPECT_EQ(Limit(), std::nullopt);
  MountV2("/", "/");
  EXPECT_EQ(Limit(), std::nullopt);
}

TEST_F(CgroupLimitTest, TakesTheSmallestOnTheWayUp) {
  MountV2("/", "/kubepods/pod1/agent");
  Write("/sys/fs/cgroup/kubepods/pod1/agent/memory.max", "max\n");
  EXPECT_EQ(Limit(), std::nullopt);
  Write("/sys/fs/cgroup/kubepods/memory.max", "300\n");
  EXPECT_EQ(Limit(), 300u);
  Write("/sys/fs/cgroup/kubepods/pod1/memory.max", "200\n");
  EXPECT_EQ(Limit(), 200u);
  Write("/sys/fs/cgroup/kubepods/pod1/agent/memory.max", "400\n");
  EXPECT_EQ(Limit(), 200u);
}

TEST_F(CgroupLimitTest, ReadsVersionOne) {
  MountV1("/", "/agent");
  Write("/sys/fs/cgroup/memory/agent/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Limit(), std::nullopt);
  Write("/sys/fs/cgroup/memory/agent/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(Limit(), 67108864u);
  Write("/sys/fs/cgroup/cpu/elsewhere/memory.limit_in_bytes", "1\n");
  EXPECT_EQ(Limit(), 67108864u);
}

TEST_F(CgroupLimitTest, FindsItsGroupInAContainer) {
  MountV1("/docker/1234", "/docker/1234");  // the names are the host's
  Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000\n");
  EXPECT_EQ(Limit(), 1000u);
  MountV2("/", "/");  // the names are the container's
  Write("/sys/fs/cgroup/memory.max", "2000\n");
  EXPECT_EQ(Limit(), 2000u);
  MountV2("/elsewhere", "/docker/1234");
  EXPECT_EQ(Limit(), 2000u);
}

TEST_F(CgroupLimitTest, PassesOverWhatIsNotUnderstood) {
  MountV2("/", "/agent");
  Write("/sys/fs/cgroup/agent/memory.max", "plenty\n");
  Write("/proc/self/cgroup", "0:\n:::\n0::/agent\n");
  EXPECT_EQ(Limit(), std::nullopt);
}

}  // namespace
}  // namespace tcpgauge
