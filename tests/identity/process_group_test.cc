// SPDX-License-Identifier: Apache-2.0
#include "src/identity/process_group.h"

#include <string>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

const std::string kId(64, 'a');

TEST(OwnerOfProcess, ReadsCgroup2) {
  EXPECT_EQ(OwnerOfProcess("0::/system.slice/nginx.service\n").unit, "nginx.service");
  EXPECT_EQ(OwnerOfProcess("0::/docker/" + kId + "\n").container_id, kId);
  EXPECT_EQ(OwnerOfProcess("0::/kubepods/pod1-2/" + kId).pod_uid, "1-2");
}

TEST(OwnerOfProcess, TakesTheMostExactLineOfCgroup1) {
  EXPECT_EQ(OwnerOfProcess("12:pids:/system.slice/docker.service\n"
                           "3:memory:/docker/" +
                           kId +
                           "\n"
                           "1:name=systemd:/system.slice/docker.service\n0::/\n")
                .container_id,
            kId);
  const GroupOwner pod = OwnerOfProcess("9:cpu,cpuacct:/kubepods/pod1-2\n2:pids:/kubepods/pod1-2/" + kId + "\n0::/\n");
  EXPECT_EQ(pod.pod_uid, "1-2");
  EXPECT_EQ(pod.container_id, kId);
  EXPECT_EQ(OwnerOfProcess("9:cpu:/\n1:name=systemd:/system.slice/nginx.service\n").unit, "nginx.service");
}

TEST(OwnerOfProcess, ReadsAPathWithColons) {
  const GroupOwner pod =
      OwnerOfProcess("0::/system.slice/containerd.service/kubepods-pod1_2.slice:cri-containerd:" + kId);
  EXPECT_EQ(pod.pod_uid, "1-2");
  EXPECT_EQ(pod.container_id, kId);
}

TEST(OwnerOfProcess, IsUnknownForOtherTexts) {
  for (const char* const text : {"", "\n", "0::/\n", "0:/system.slice/nginx.service", "0::/init.scope\n"})
    EXPECT_FALSE(OwnerOfProcess(text).is_known()) << text;
}

}  // namespace
}  // namespace tcpgauge
