// SPDX-License-Identifier: Apache-2.0
#include "src/kube/slice_store.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "src/identity/identity_draft.h"
#include "src/naming/identity_pool.h"
#include "src/net/ip_address.h"
#include "tests/kube/parse_object.h"

namespace tcpgauge {
namespace {

std::string EndpointJson(const std::string& address, const std::string& pod, const std::string& node = "n1",
                         const std::string& zone = "z1") {
  return absl::StrCat("{'addresses':['", address, "'],'nodeName':'", node, "','zone':'", zone,
                      "','targetRef':{'kind':'Pod','name':'", pod, "','namespace':'shop'}}");
}

std::string SliceJson(const std::string& name, const std::string& service, const std::string& endpoints,
                      const std::string& ports = "{'port':8080}") {
  return absl::StrCat("{'metadata':{'namespace':'shop','name':'", name, "','labels':{'kubernetes.io/service-name':'",
                      service, "'}},'endpoints':[", endpoints, "],'ports':[", ports, "]}");
}

class SliceStoreTest : public testing::Test {
 protected:
  IdentityRef At(const std::string& address, uint16_t port) {
    IdentityPool pool;
    IdentityDraft draft(100, &pool);
    IdentityDraft::Recent recent;
    store_.AddTo(&draft);
    return draft.Finish(&recent, 0)->Find({*IpAddress::Parse(address), port});
  }

  SliceStore store_{10};
};

TEST_F(SliceStoreTest, NamesTheEndpointsOfServices) {
  PutObject(SliceJson("web-a", "web", EndpointJson("10.1.0.1", "web-5d4f8c7b9-x2x4z"), "{'port':8080},{'port':9090}"),
            &store_);
  for (const uint16_t port : {8080, 9090}) {
    const IdentityRef ref = At("10.1.0.1", port);
    ASSERT_NE(ref, nullptr);
    EXPECT_EQ(ref->identity.namespace_name, "shop");
    EXPECT_EQ(ref->identity.pod, "web-5d4f8c7b9-x2x4z");
    EXPECT_EQ(ref->identity.service, "web");
    EXPECT_EQ(ref->identity.workload, "web");
    EXPECT_EQ(ref->identity.workload_kind, "Deployment");
    EXPECT_TRUE(ref->identity.is_guess);
    EXPECT_EQ(ref->identity.node, "n1");
    EXPECT_EQ(ref->identity.zone, "z1");
  }
}

TEST_F(SliceStoreTest, NamesNoOtherPortOfTheAddress) {
  PutObject(SliceJson("web-a", "web", EndpointJson("10.1.0.1", "web-1")), &store_);
  EXPECT_EQ(At("10.1.0.1", 9999), nullptr) << "the address may be that of a node";
}

TEST_F(SliceStoreTest, AChangedSliceReplacesTheFormerOne) {
  PutObject(SliceJson("web-a", "web", EndpointJson("10.1.0.1", "a") + "," + EndpointJson("10.1.0.2", "b")), &store_);
  EXPECT_EQ(store_.size(), 2u);
  PutObject(SliceJson("web-a", "web", EndpointJson("10.1.0.3", "c")), &store_);
  EXPECT_EQ(store_.size(), 1u);
  EXPECT_EQ(At("10.1.0.1", 8080), nullptr);
  EXPECT_EQ(At("10.1.0.3", 8080)->identity.pod, "c");
  RemoveObject(SliceJson("web-a", "web", ""), &store_);
  EXPECT_EQ(store_.size(), 0u);
  RemoveObject(SliceJson("never-known", "web", ""), &store_);
}

TEST_F(SliceStoreTest, ForgetsAtTheEndOfASyncWhatDidNotCome) {
  PutObject(SliceJson("a", "a", EndpointJson("10.1.0.1", "a")), &store_);
  PutObject(SliceJson("b", "b", EndpointJson("10.1.0.2", "b")), &store_);
  store_.BeginSync();
  PutObject(SliceJson("b", "b", EndpointJson("10.1.0.2", "b")), &store_);
  EXPECT_NE(At("10.1.0.1", 8080), nullptr);
  store_.EndSync();
  EXPECT_EQ(At("10.1.0.1", 8080), nullptr);
  EXPECT_NE(At("10.1.0.2", 8080), nullptr);
  EXPECT_EQ(store_.size(), 1u);
}

TEST_F(SliceStoreTest, KeepsNoMoreThanItMay) {
  std::string six = EndpointJson("10.1.0.1", "p");
  for (int i = 2; i <= 6; ++i) six += "," + EndpointJson("10.1.0." + std::to_string(i), "p");
  PutObject(SliceJson("a", "a", six), &store_);
  PutObject(SliceJson("b", "b", six), &store_);
  EXPECT_EQ(store_.size(), 6u);
  EXPECT_EQ(store_.overflows(), 6u);
  PutObject(SliceJson("a", "a", six), &store_);
  EXPECT_EQ(store_.overflows(), 6u) << "the former one gave its room";
  PutObject(SliceJson("c", "c", EndpointJson("10.1.0.9", "p"), "{'port':1},{'port':2},{'port':3},{'port':4}"), &store_);
  EXPECT_EQ(store_.size(), 10u);
}

TEST_F(SliceStoreTest, KeepsNoSliceThatNamesNothing) {
  PutObject(SliceJson("a", "a", EndpointJson("10.1.0.1", "p"), "{'port':53,'protocol':'UDP'}"), &store_);
  EXPECT_EQ(store_.ZoneOf("n1"), "") << "it would take memory beyond the bound";
  PutObject(SliceJson("a", "a", EndpointJson("10.1.0.1", "p")), &store_);
  EXPECT_EQ(store_.ZoneOf("n1"), "z1");
  PutObject(SliceJson("a", "a", EndpointJson("10.1.0.1", "p"), ""), &store_);
  EXPECT_EQ(store_.ZoneOf("n1"), "");
  EXPECT_EQ(store_.size(), 0u);
  EXPECT_EQ(store_.overflows(), 0u);
}

TEST_F(SliceStoreTest, KnowsTheWorkloadBehindAService) {
  PutObject(SliceJson("one-a", "one", EndpointJson("10.1.0.1", "db-0") + "," + EndpointJson("10.1.0.2", "db-1")),
            &store_);
  PutObject(SliceJson("one-b", "one", EndpointJson("10.1.0.3", "db-2")), &store_);
  PutObject(SliceJson("two-a", "two", EndpointJson("10.1.0.1", "db-0") + "," + EndpointJson("10.1.0.4", "web-0")),
            &store_);
  const SliceStore::Workloads workloads = store_.WorkloadsOfServices();
  EXPECT_EQ(workloads.at({"shop", "one"}).workload, "db");
  EXPECT_EQ(workloads.at({"shop", "one"}).workload_kind, "StatefulSet");
  EXPECT_TRUE(workloads.at({"shop", "one"}).is_guess);
  EXPECT_EQ(workloads.at({"shop", "two"}).workload, "") << "they differ";
}

TEST_F(SliceStoreTest, KnowsTheZoneOfANode) {
  PutObject(
      SliceJson("a", "a", EndpointJson("10.1.0.1", "a", "n1", "") + "," + EndpointJson("10.1.0.2", "b", "n1", "z7")),
      &store_);
  EXPECT_EQ(store_.ZoneOf("n1"), "z7");
  EXPECT_EQ(store_.ZoneOf("n2"), "");
}

TEST_F(SliceStoreTest, AnEndpointThatIsNoPodHasItsServiceAlone) {
  PutObject(SliceJson("a", "ext", "{'addresses':['192.0.2.1']}"), &store_);
  const IdentityRef ref = At("192.0.2.1", 8080);
  ASSERT_NE(ref, nullptr);
  EXPECT_EQ(ref->identity.service, "ext");
  EXPECT_EQ(ref->identity.workload, "");
}

}  // namespace
}  // namespace tcpgauge
