// SPDX-License-Identifier: Apache-2.0
#include "src/identity/workload_guess.h"

#include <string>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

std::string Guess(std::string_view pod) {
  const WorkloadGuess guess = GuessWorkload(pod);
  return std::string(guess.kind) + " " + std::string(guess.name);
}

TEST(GuessWorkload, CutsTheHashOfAReplicaSetAndTheSuffix) {
  EXPECT_EQ(Guess("web-7d4b9c8f6d-x2k9p"), "Deployment web");
  EXPECT_EQ(Guess("shop-front-end-84bd5c9f6-zzxcv"), "Deployment shop-front-end");  // 9 characters
  EXPECT_EQ(Guess("coredns-5d78c986-n7tqz"), "Deployment coredns");                 // 8 characters
}

TEST(GuessWorkload, CutsTheSuffixOfADaemonSet) {
  EXPECT_EQ(Guess("kube-proxy-x8v2m"), "DaemonSet kube-proxy");
  EXPECT_EQ(Guess("node-exporter-45679"), "DaemonSet node-exporter");
  EXPECT_EQ(Guess("a-bcdfg"), "DaemonSet a");
}

TEST(GuessWorkload, CutsTheMinuteOfACronJob) {
  EXPECT_EQ(Guess("backup-29384756-l5x9w"), "CronJob backup");
  EXPECT_EQ(Guess("backup-95847698-l5x9w"), "Deployment backup") << "a hash of digits alone";
}

TEST(GuessWorkload, CutsTheOrdinalOfAStatefulSet) {
  EXPECT_EQ(Guess("postgres-0"), "StatefulSet postgres");
  EXPECT_EQ(Guess("kafka-broker-12"), "StatefulSet kafka-broker");
  EXPECT_EQ(Guess("web-1000"), "StatefulSet web");
}

TEST(GuessWorkload, LeavesOtherNamesWhole) {
  EXPECT_EQ(Guess("debug"), "Pod debug");
  EXPECT_EQ(Guess("redis-cache"), "Pod redis-cache") << "five letters with vowels";
  EXPECT_EQ(Guess("kube-apiserver-node-a"), "Pod kube-apiserver-node-a");
  EXPECT_EQ(Guess("-x8v2m"), "Pod -x8v2m");
  EXPECT_EQ(Guess(""), "Pod ");
}

TEST(GuessWorkload, CutsTheSuffixOfANameThatWasTooLongForTheHyphen) {
  const std::string cut = "a-deployment-with-a-name-that-is-long-enough-to-lose-" + std::string("7d4b9");
  ASSERT_EQ(cut.size(), 58u);
  EXPECT_EQ(Guess(cut + "x8v2m"), "DaemonSet " + cut);
  const std::string name = "a-deployment-with-a-name-that-is-long-enough-to-lo";
  ASSERT_EQ((name + "-7d4b9cf").size(), 58u);
  EXPECT_EQ(Guess(name + "-7d4b9cfx8v2m"), "DaemonSet " + name + "-7d4b9cf") << "too little of the hash is left";
  const std::string shorter = name.substr(0, name.size() - 1);
  EXPECT_EQ(Guess(shorter + "-7d4b9cf8x8v2m"), "Deployment " + shorter);
}

TEST(GuessDeployment, CutsTheHash) {
  EXPECT_EQ(GuessDeployment("web-7d4b9c8f6d").name, "web");
  EXPECT_EQ(GuessDeployment("web-7d4b9c8f6d").kind, "Deployment");
  EXPECT_EQ(GuessDeployment("shop-front-84bd5c9f6").name, "shop-front");
}

TEST(GuessDeployment, LeavesAReplicaSetWithoutAHashWhole) {
  for (const char* const name : {"web", "front-end", "web-1", "web-canary-v2", "-7d4b9c8f6d"}) {
    EXPECT_EQ(GuessDeployment(name).name, name);
    EXPECT_EQ(GuessDeployment(name).kind, "ReplicaSet");
  }
}

}  // namespace
}  // namespace tcpgauge
