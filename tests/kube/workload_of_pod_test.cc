// SPDX-License-Identifier: Apache-2.0
#include "src/kube/workload_of_pod.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

std::string Workload(const char* pod, const char* kind, const char* owner, const char* hash = "",
                     const char* node = "node-1") {
  const PodWorkload workload = WorkloadOfPod(pod, kind, owner, hash, node);
  return workload.kind + " " + workload.name + (workload.is_guess ? " (guess)" : "");
}

TEST(WorkloadOfPod, IsTheOwnerThatTheApiNames) {
  EXPECT_EQ(Workload("db-0", "StatefulSet", "db"), "StatefulSet db");
  EXPECT_EQ(Workload("proxy-x2x4z", "DaemonSet", "proxy"), "DaemonSet proxy");
  EXPECT_EQ(Workload("import-x2x4z", "Job", "import"), "Job import");
  EXPECT_EQ(Workload("x", "Cluster", "pg-main"), "Cluster pg-main");
}

TEST(WorkloadOfPod, IsADeploymentIfTheLabelProvesIt) {
  EXPECT_EQ(Workload("web-5d4f8c7b9-x2x4z", "ReplicaSet", "web-5d4f8c7b9", "5d4f8c7b9"), "Deployment web");
  EXPECT_EQ(Workload("a-b-7c9-x2x4z", "ReplicaSet", "a-b-7c9", "7c9"), "Deployment a-b") << "a short hash";
}

TEST(WorkloadOfPod, IsAGuessWithoutTheLabel) {
  EXPECT_EQ(Workload("web-5d4f8c7b9-x2x4z", "ReplicaSet", "web-5d4f8c7b9"), "Deployment web (guess)");
  EXPECT_EQ(Workload("web-5d4f8c7b9-x2x4z", "ReplicaSet", "web-5d4f8c7b9", "other"), "Deployment web (guess)");
}

TEST(WorkloadOfPod, IsAReplicaSetThatSomebodyMadeByHand) {
  EXPECT_EQ(Workload("cache-x2x4z", "ReplicaSet", "cache"), "ReplicaSet cache");
  EXPECT_EQ(Workload("cache-x2x4z", "ReplicaSet", "cache", "cache"), "ReplicaSet cache");
  EXPECT_EQ(Workload("-7c9-x2x4z", "ReplicaSet", "-7c9", "7c9"), "ReplicaSet -7c9");
}

TEST(WorkloadOfPod, IsOneForAllRunsOfACronJob) {
  EXPECT_EQ(Workload("backup-29391840-x2x4z", "Job", "backup-29391840"), "CronJob backup (guess)");
  EXPECT_EQ(Workload("backup-1-x2x4z", "Job", "backup-1"), "Job backup-1");
  EXPECT_EQ(Workload("x", "Job", "-29391840"), "Job -29391840");
}

TEST(WorkloadOfPod, AStaticPodIsNamedWithoutItsNode) {
  EXPECT_EQ(Workload("etcd-node-1", "Node", "node-1"), "Node etcd");
  EXPECT_EQ(Workload("etcd", "Node", "node-1"), "Node etcd");
  EXPECT_EQ(Workload("node-1", "Node", "node-1"), "Node node-1");
}

TEST(WorkloadOfPod, APodWithoutAnOwnerIsItsOwn) { EXPECT_EQ(Workload("shell", "", ""), "Pod shell"); }

}  // namespace
}  // namespace tcpgauge
