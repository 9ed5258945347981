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
}

TEST(OwnerOfGroup, ALoginSessionIsItsUsersSlice) {
  EXPECT_EQ(Owner("/user.slice/user-1000.slice/session-3.scope"), "unit user-1000.slice");
  EXPECT_EQ(Owner("/user.slice/user-0.slice/session-c12.scope/worker"), "unit user-0.slice");
  EXPECT_EQ(Owner("/../../user.slice/user-65534.slice/session-214.scope"), "unit user-65534.slice");
  EXPECT_EQ(Owner("/system.slice/session-3.scope"), "unit session-3.scope") << "not below a user's slice";
}

TEST(OwnerOfGroup, EscapesOfSystemdAreReplacedWhereANameMayHoldThem) {
  EXPECT_EQ(Owner("/system.slice/web\\x2dfrontend.service"), "unit web-frontend.service");
  EXPECT_EQ(Owner("/system.slice/system-tunnel.slice/tunnel@site\\x2da\\x2db.service"), "unit tunnel@site-a-b.service");
  EXPECT_EQ(Owner("/system.slice/run\\x40host.scope"), "unit run@host.scope");
  EXPECT_EQ(Owner("/machine.slice/machine-qemu\\x2d1\\x2dweb.scope"), "container qemu-1-web");
  for (const char* const name :
       {"a\\x20b.service", "a\\x2.service", "a\\x2Db.service", "a\\x5cb.service", "a\\n.service"})
    EXPECT_EQ(Owner(std::string("/system.slice/") + name), std::string("unit ") + name);
}

TEST(OwnerOfGroup, AUnitKeepsTheColonsOfItsName) {
  EXPECT_EQ(Owner("/system.slice/dbus-:1.4-org.example.Scan@0.service"), "unit dbus-:1.4-org.example.Scan@0.service");
  EXPECT_EQ(Owner("/system.slice/proxy@10.0.0.1:8080.service/worker"), "unit proxy@10.0.0.1:8080.service");
  EXPECT_EQ(Owner("/system.slice/a:cri-containerd:" + kId + ".scope"), "unit a:cri-containerd:" + kId + ".scope");
}

TEST(OwnerOfGroup, AUnitOwnsWhatItCallsAPodOrAContainer) {
  for (const std::string& unit : {std::string("/system.slice/batch.service"), std::string("/batch.service"),
                                  std::string("/system.slice/system-runner.slice/batch.service"),
                                  std::string("/../../system.slice/batch.service")}) {
    for (const std::string& forged :
         {"/kubepods/burstable/pod" + kUid + "/" + kId,
          "/kubepods.slice/kubepods-pod" + kUidOfSlice + ".slice/cri-containerd-" + kId + ".scope",
          "/kubepods-pod" + kUidOfSlice + ".slice:cri-containerd:" + kId, "/docker/" + kId, "/docker-" + kId + ".scope",
          "/libpod-" + kId + ".scope/container", std::string("/lxc.payload.web"), "/sub/" + kId,
          "/containerd.service/kubepods-pod" + kUidOfSlice + ".slice:cri-containerd:" + kId,
          "/docker.service/docker/" + kId, std::string("/machine-web.scope")}) {
      EXPECT_EQ(Owner(unit + forged), "unit batch.service") << unit << forged;
    }
  }
  EXPECT_EQ(Owner("/user.slice/user-1000.slice/session-3.scope/docker/" + kId), "unit user-1000.slice");
  EXPECT_EQ(Owner("/system.slice/run-r1.scope/kubepods/pod" + kUid + "/" + kId), "unit run-r1.scope");
  EXPECT_EQ(Owner("/init.scope/kubepods/pod" + kUid + "/" + kId), "");
}

TEST(OwnerOfGroup, AUnitInAContainerGivesNoNameOfItsOwn) {
  const std::string inner = "/system.slice/batch.service/kubepods/burstable/pod" + kUid + "/" + kOuterId;
  EXPECT_EQ(Owner("/docker/" + kId + inner), "container " + kId);
  EXPECT_EQ(Owner("/machine.slice/libpod-" + kId + ".scope/container" + inner), "container " + kId);
  EXPECT_EQ(Owner("/kubepods/burstable/pod1-2/" + kId + inner), "pod 1-2 container " + kId);
}

TEST(OwnerOfGroup, BelowTheUnitOfAContainerManagerArePodsAndContainers) {
  for (const char* const manager : {"containerd", "crio", "docker", "k3s", "k3s-agent", "kubelet", "rke2-server"}) {
    const std::string unit = std::string("/system.slice/") + manager + ".service";
    EXPECT_EQ(Owner(unit + "/kubepods-burstable-pod" + kUidOfSlice + ".slice:cri-containerd:" + kId), kPodAndContainer);
    EXPECT_EQ(Owner(unit + "/helper"), std::string("unit ") + manager + ".service");
  }
  EXPECT_EQ(Owner("/user.slice/user-7.slice/user@7.service/docker.service/docker/" + kId), "unit user@7.service");
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
