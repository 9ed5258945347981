// SPDX-License-Identifier: Apache-2.0
#include "src/identity/control_group_path.h"

#include <string>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

const std::string kId = "3f5b7c9d1e2a4b6c8d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e";
const std::string kOuterId = "00007c9d1e2a4b6c8d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e";
const std::string kUid = "8d3a1c9e-40b1-4b52-a4d5-1d0b6a2f6a11";
const std::string kUidOfSlice = "8d3a1c9e_40b1_4b52_a4d5_1d0b6a2f6a11";

// "pod UID container ID unit NAME", without the parts that are unknown.
std::string Owner(const std::string& path) {
  const GroupOwner owner = OwnerOfGroup(path);
  std::string text;
  if (!owner.pod_uid.empty()) text += "pod " + owner.pod_uid;
  if (!owner.container_id.empty()) text += (text.empty() ? "container " : " container ") + owner.container_id;
  if (!owner.unit.empty()) text += (text.empty() ? "unit " : " unit ") + owner.unit;
  return text;
}

const std::string kPodAndContainer = "pod " + kUid + " container " + kId;

TEST(OwnerOfGroup, ReadsTheSystemdDriverOfKubelet) {
  const std::string kubepods = "/kubepods.slice/";
  for (const char* const scope : {"cri-containerd-", "crio-", "docker-"}) {
    EXPECT_EQ(Owner(kubepods + "kubepods-burstable.slice/kubepods-burstable-pod" + kUidOfSlice + ".slice/" + scope +
                    kId + ".scope"),
              kPodAndContainer);
    EXPECT_EQ(Owner(kubepods + "kubepods-besteffort.slice/kubepods-besteffort-pod" + kUidOfSlice + ".slice/" + scope +
                    kId + ".scope"),
              kPodAndContainer);
    EXPECT_EQ(Owner(kubepods + "kubepods-pod" + kUidOfSlice + ".slice/" + scope + kId + ".scope"), kPodAndContainer);
  }
  EXPECT_EQ(Owner("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1234_5678.slice/cri-containerd-" +
                  kId + ".scope"),
            "pod 1234-5678 container " + kId);
}

TEST(OwnerOfGroup, ReadsTheCgroupfsDriverOfKubelet) {
  EXPECT_EQ(Owner("/kubepods/burstable/pod" + kUid + "/" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/kubepods/besteffort/pod" + kUid + "/" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/kubepods/pod" + kUid + "/" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/kubepods/pod" + kUid + "/crio-" + kId), kPodAndContainer);
  const std::string static_pod(32, 'c');
  EXPECT_EQ(Owner("/kubepods/burstable/pod" + static_pod + "/" + kId), "pod " + static_pod + " container " + kId);
}

TEST(OwnerOfGroup, ReadsAPodWithoutAContainer) {
  EXPECT_EQ(Owner("/kubepods/burstable/pod" + kUid), "pod " + kUid);
  EXPECT_EQ(Owner("/kubepods.slice/kubepods-pod" + kUidOfSlice + ".slice"), "pod " + kUid);
  EXPECT_EQ(Owner("/kubepods.slice/kubepods-pod" + kUidOfSlice + ".slice/crio-conmon-" + kId + ".scope"),
            "pod " + kUid);
}

TEST(OwnerOfGroup, ReadsTwoDriversThatDisagree) {
  EXPECT_EQ(
      Owner("/system.slice/containerd.service/kubepods-burstable-pod" + kUidOfSlice + ".slice:cri-containerd:" + kId),
      kPodAndContainer);
  EXPECT_EQ(Owner("/kubepods-pod" + kUidOfSlice + ".slice:crio:" + kId), kPodAndContainer);
}

TEST(OwnerOfGroup, ReadsAPodBelowOtherFolders) {
  const std::string pod = "kubepods/burstable/pod" + kUid + "/" + kId;
  EXPECT_EQ(Owner("/docker/" + kOuterId + "/kubelet/" + pod), kPodAndContainer);
  EXPECT_EQ(Owner("/docker/" + kOuterId + "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/" +
                  "kubelet-kubepods-besteffort-pod" + kUidOfSlice + ".slice/cri-containerd-" + kId + ".scope"),
            kPodAndContainer);
  EXPECT_EQ(Owner("/../../" + pod), kPodAndContainer);
  EXPECT_EQ(Owner("/../../pod" + kUid + "/" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/../../../burstable/pod" + kUid + "/" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/../../kubepods-pod" + kUidOfSlice + ".slice/crio-" + kId + ".scope"), kPodAndContainer);
  EXPECT_EQ(Owner("/../../../../system.slice/nginx.service"), "unit nginx.service");
  EXPECT_EQ(Owner("/../../../../init.scope"), "");
  EXPECT_EQ(Owner("/../cri-containerd-" + kId + ".scope"), "container " + kId);
  EXPECT_EQ(Owner("/kubepods/pod" + kUid + "/" + kId + "/system.slice/nginx.service"), kPodAndContainer);
}

TEST(OwnerOfGroup, ReadsAPodBesideTheOneOfTheReader) {
  EXPECT_EQ(Owner("/../../pod" + kUid + "/" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/../../../pod" + kUid + "/crio-" + kId), kPodAndContainer);
  EXPECT_EQ(Owner("/../../../besteffort/pod" + kUid + "/" + kId), kPodAndContainer);
}

TEST(OwnerOfGroup, ReadsContainersOfAHost) {
  const std::string container = "container " + kId;
  EXPECT_EQ(Owner("/docker/" + kId), container);
  EXPECT_EQ(Owner("/system.slice/docker-" + kId + ".scope"), container);
  EXPECT_EQ(Owner("/system.slice/docker-" + kId + ".scope/init.scope"), container);
  EXPECT_EQ(Owner("/machine.slice/libpod-" + kId + ".scope"), container);
  EXPECT_EQ(Owner("/machine.slice/libpod-" + kId + ".scope/container"), container);
  EXPECT_EQ(Owner("/libpod_parent/libpod-" + kId), container);
  EXPECT_EQ(Owner("/system.slice/nerdctl-" + kId + ".scope"), container);
  EXPECT_EQ(Owner("/docker/" + kOuterId + "/docker/" + kId), container);
  EXPECT_EQ(Owner("/docker/0123456789ab"), "container 0123456789ab");
  EXPECT_EQ(Owner("/lxc.payload.web"), "container web");
  EXPECT_EQ(Owner("/lxc/web/system.slice/nginx.service"), "container web");
  EXPECT_EQ(Owner("/machine.slice/machine-web.scope"), "container web");
}

TEST(OwnerOfGroup, ReadsUnits) {
  EXPECT_EQ(Owner("/system.slice/nginx.service"), "unit nginx.service");
  EXPECT_EQ(Owner("/system.slice/system-postgresql.slice/postgresql@14-main.service"),
            "unit postgresql@14-main.service");
  EXPECT_EQ(Owner("/system.slice/ssh.service/worker"), "unit ssh.service");
  EXPECT_EQ(Owner("/system.slice/outer.service/inner.service"), "unit outer.service");
  EXPECT_EQ(Owner("/system.slice/docker.service"), "unit docker.service");
  EXPECT_EQ(Owner("/system.slice/run-r1234.scope"), "unit run-r1234.scope");
  EXPECT_EQ(Owner("/user.slice/user-1000.slice/session-3.scope"), "unit session-3.scope");
}

TEST(OwnerOfGroup, EverythingBelowAUserManagerIsTheUserManager) {
  const std::string user = "/user.slice/user-1000.slice/user@1000.service";
  for (const std::string& below : {std::string(), std::string("/init.scope"), std::string("/app.slice/nginx.service"),
                                   "/user.slice/libpod-" + kId + ".scope/container",
                                   "/kubepods/burstable/pod" + kUid + "/" + kId, "/docker/" + kId}) {
    EXPECT_EQ(Owner(user + below), "unit user@1000.service");
  }
  EXPECT_EQ(Owner("/docker/" + kId + user + "/docker/" + kOuterId), "container " + kId);
}

TEST(OwnerOfGroup, IsUnknownForSystemdItselfAndForFoldersWithoutAnOwner) {
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("/init.scope"), std::string("/system.slice"), std::string("/.."),
        std::string("/user.slice/user-1000.slice"), std::string("/kubepods.slice/kubepods-burstable.slice"),
        std::string("/kubepods/burstable"), std::string("/pod" + kUid), std::string("/docker/buildkit"),
        std::string("/kubepods/pod"), std::string("/kubepods/poda%20b"),
        "/machine.slice/libpod-conmon-" + kId + ".scope"}) {
    EXPECT_EQ(Owner(path), "") << path;
  }
}

}  // namespace
}  // namespace tcpgauge
