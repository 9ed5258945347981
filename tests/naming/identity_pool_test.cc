// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace tcpgauge {
namespace {

EndIdentity Pod(const std::string& workload, const std::string& pod) {
  EndIdentity identity;
  identity.namespace_name = "shop";
  identity.workload = workload;
  identity.pod = pod;
  return identity;
}

TEST(IdentityPool, EqualIdentitiesHaveOneNumber) {
  IdentityPool pool;
  const IdentityRef first = pool.Get(Pod("web", "web-1"));
  EndIdentity renamed_process = Pod("web", "web-1");
  renamed_process.comm = "nginx";
  EXPECT_EQ(pool.Get(renamed_process), first) << "the name of a process makes no other identity";
  EXPECT_NE(pool.Get(Pod("web", "web-2"))->number, first->number);
  EXPECT_NE(first->number, 0u);
}

TEST(IdentityPool, PodsOfAWorkloadHaveItsNumber) {
  IdentityPool pool;
  const IdentityRef first = pool.Get(Pod("web", "web-1")), second = pool.Get(Pod("web", "web-2"));
  const IdentityRef other = pool.Get(Pod("db", "db-1"));
  EXPECT_EQ(first->workload_number, second->workload_number);
  EXPECT_NE(first->workload_number, other->workload_number);
  EXPECT_NE(first->workload_number, 0u);
  EXPECT_EQ(pool.Get(Pod("", "alone"))->workload_number, 0u);
}

TEST(IdentityPool, IdentitiesThatLabelsCannotTellApartHaveOneLabelNumber) {
  IdentityPool pool;
  const IdentityRef first = pool.Get(Pod("web", "web-1"));
  EndIdentity placed = Pod("web", "web-1");
  placed.node = "node-7";
  placed.container = "nginx";
  EXPECT_NE(pool.Get(placed)->number, first->number);
  EXPECT_EQ(pool.Get(placed)->label_number, first->label_number);
  EndIdentity served = Pod("web", "web-1");
  served.service = "web";
  EXPECT_NE(pool.Get(served)->label_number, first->label_number);
  EXPECT_NE(pool.Get(Pod("web", "web-2"))->label_number, first->label_number);
  EXPECT_NE(first->label_number, 0u);
  EndIdentity without_labels;
  without_labels.container = "nginx";
  EXPECT_EQ(pool.Get(without_labels)->label_number, 0u) << "its edge is that of an unknown end";
}

TEST(IdentityPool, ALabelNumberThatWasReleasedIsNeverUsedAgain) {
  IdentityPool pool;
  const uint32_t released = pool.Get(Pod("web", "web-1"))->label_number;
  pool.ForgetUnused();
  EXPECT_NE(pool.Get(Pod("web", "web-1"))->label_number, released);
}

TEST(IdentityPool, ForgetsWhatNobodyUsesAndNeverUsesANumberAgain) {
  IdentityPool pool;
  const IdentityRef kept = pool.Get(Pod("web", "web-1"));
  const uint32_t released = pool.Get(Pod("web", "web-2"))->number;
  pool.ForgetUnused();
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_EQ(pool.Get(Pod("web", "web-1")), kept);
  const IdentityRef again = pool.Get(Pod("web", "web-2"));
  EXPECT_NE(again->number, released);
  EXPECT_EQ(again->workload_number, kept->workload_number);
}

// A number that only grows, by which two threads wait for each other.
class Step {
 public:
  void Next() { ++step_; }
  void WaitFor(int step) const {
    while (step_ < step) std::this_thread::yield();
  }

 private:
  std::atomic<int> step_{0};
};

// A reader that remembers an identity weakly may take it up again while the pool forgets it. Otherwise two numbers
// would stand for one identity.
TEST(IdentityPool, AnIdentityThatIsTakenUpAgainWhileThePoolForgetsKeepsItsNumber) {
  constexpr int kRounds = 100000;
  constexpr int kMostSpins = 100;
  IdentityPool pool;
  Step begun, taken, released;  // the rounds in which this was done
  std::weak_ptr<const NumberedIdentity> remembered;
  uint32_t number_of_reader = 0;  // 0: the pool was faster
  std::thread reader([&] {
    for (int round = 1; round <= kRounds; ++round) {
      begun.WaitFor(round);
      const IdentityRef identity = remembered.lock();
      number_of_reader = identity == nullptr ? 0 : identity->number;
      taken.Next();
      released.WaitFor(round);
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    remembered = pool.Get(Pod("web", "web-1"));
    std::atomic<int> spins{0};
    begun.Next();
    while (spins < round % kMostSpins) ++spins;  // so that the two threads meet at every instruction
    pool.ForgetUnused();
    taken.WaitFor(round);
    if (number_of_reader != 0) {
      EXPECT_EQ(pool.Get(Pod("web", "web-1"))->number, number_of_reader);
    }
    released.Next();
  }
  reader.join();
}

TEST(IdentityPool, IdentitiesShareTheTextsThatAreEqual) {
  IdentityPool pool;
  EndIdentity first = Pod("web", "web-1"), second = Pod("web", "web-2");
  first.node = "node-1";
  second.node = "node-1";
  const IdentityRef a = pool.Get(first), b = pool.Get(second);
  EXPECT_TRUE(a->identity.workload.SharesWith(b->identity.workload));
  EXPECT_TRUE(a->identity.node.SharesWith(b->identity.node));
  EXPECT_TRUE(a->identity.namespace_name.SharesWith(b->identity.namespace_name));
  EXPECT_TRUE(a->identity.pod.SharesWith(first.pod)) << "with the source that told it";
}

}  // namespace
}  // namespace tcpgauge
