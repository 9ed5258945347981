// SPDX-License-Identifier: Apache-2.0
#include "src/kube/pod_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "src/identity/group_owner.h"
#include "src/identity/identity_draft.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"
#include "src/net/ip_address.h"
#include "tests/kube/parse_object.h"

namespace tcpgauge {
namespace {

std::string PodJson(const std::string& uid, const std::string& name, const std::string& address,
                    const std::string& status = "'phase':'Running'", const std::string& spec = "'nodeName':'n1'") {
  return absl::StrCat("{'metadata':{'uid':'", uid, "','namespace':'shop','name':'", name,
                      "','ownerReferences':[{'kind':'StatefulSet','name':'db','controller':true}]},'spec':{", spec,
                      "},'status':{", status, ",'podIPs':[{'ip':'", address, "'}]}}");
}

class PodStoreTest : public testing::Test {
 protected:
  std::shared_ptr<const IdentityMap> Map() { return Map(IdentityDraft(100, &pool_)); }
  std::shared_ptr<const IdentityMap> Map(IdentityDraft draft) {
    store_.AddTo("zone-1", &draft);
    return draft.Finish(&recent_, 0);
  }
  // The pod at the address; empty if it is unknown.
  std::string PodAt(const std::string& address) { return PodAt(address, IdentityDraft(100, &pool_)); }
  std::string PodAt(const std::string& address, IdentityDraft draft) {
    recent_ = IdentityDraft::Recent();
    const auto identity = Map(std::move(draft))->Find({*IpAddress::Parse(address), 1});
    return identity == nullptr ? "" : std::string(identity->identity.pod);
  }

  IdentityPool pool_;
  IdentityDraft::Recent recent_;
  PodStore store_{2};
};

TEST_F(PodStoreTest, NamesTheAddressesOfPods) {
  PutObject(PodJson("u0", "db-0", "10.1.0.1"), &store_);
  const auto map = Map();
  const IpAddress address = *IpAddress::Parse("10.1.0.1");
  ASSERT_NE(map->Find({address, 80}), nullptr);
  const EndIdentity& identity = map->Find({address, 80})->identity;
  EXPECT_EQ(identity.namespace_name, "shop");
  EXPECT_EQ(identity.pod, "db-0");
  EXPECT_EQ(identity.workload, "db");
  EXPECT_EQ(identity.workload_kind, "StatefulSet");
  EXPECT_FALSE(identity.is_guess);
  EXPECT_EQ(identity.node, "n1");
  EXPECT_EQ(identity.zone, "zone-1");
  EXPECT_TRUE(map->IsLocal(address));
}

TEST_F(PodStoreTest, AnAddressGoesWithItsPod) {
  PutObject(PodJson("u0", "db-0", "10.1.0.1"), &store_);
  PutObject(PodJson("u0", "db-0", "10.1.0.2"), &store_);
  EXPECT_EQ(PodAt("10.1.0.1"), "");
  EXPECT_EQ(PodAt("10.1.0.2"), "db-0");
  RemoveObject(PodJson("u0", "db-0", "10.1.0.2"), &store_);
  EXPECT_EQ(PodAt("10.1.0.2"), "");
}

TEST_F(PodStoreTest, TheAddressOfAPodThatHasEndedIsAnotherPods) {
  for (const char* phase : {"'phase':'Succeeded'", "'phase':'Failed'"}) {
    PutObject(PodJson("u0", "db-0", "10.1.0.1", phase), &store_);
    PutObject(PodJson("u1", "db-1", "10.1.0.1"), &store_);
    EXPECT_EQ(PodAt("10.1.0.1"), "db-1");
  }
}

TEST_F(PodStoreTest, AnAddressOfTheHostsNetworkIsNotOnePods) {
  PutObject(PodJson("u0", "proxy", "10.0.0.5", "'phase':'Running'", "'nodeName':'n1','hostNetwork':true"), &store_);
  EXPECT_EQ(PodAt("10.0.0.5"), "");
  // Its processes are known by its UID.
  IdentityDraft draft(100, &pool_);
  draft.AddAddressOf(GroupOwner{"u0", "", ""}, *IpAddress::Parse("10.1.0.9"));
  EXPECT_EQ(PodAt("10.1.0.9", std::move(draft)), "proxy");
}

TEST_F(PodStoreTest, ForgetsAtTheEndOfASyncWhatDidNotCome) {
  PutObject(PodJson("u0", "db-0", "10.1.0.1"), &store_);
  PutObject(PodJson("u1", "db-1", "10.1.0.2"), &store_);
  store_.BeginSync();
  PutObject(PodJson("u1", "db-1", "10.1.0.2"), &store_);
  EXPECT_EQ(PodAt("10.1.0.1"), "db-0") << "the former pods stay until the end";
  store_.BeginSync();  // the first one broke off
  PutObject(PodJson("u1", "db-1", "10.1.0.2"), &store_);
  store_.EndSync();
  EXPECT_EQ(PodAt("10.1.0.1"), "");
  EXPECT_EQ(PodAt("10.1.0.2"), "db-1");
}

TEST_F(PodStoreTest, KeepsNoMoreThanItMay) {
  for (const char* uid : {"u0", "u1", "u2", "u3"}) PutObject(PodJson(uid, uid, "10.1.0.1"), &store_);
  EXPECT_EQ(store_.size(), 2u);
  EXPECT_EQ(store_.overflows(), 2u);
  PutObject(PodJson("u1", "u1", "10.1.0.1"), &store_);
  EXPECT_EQ(store_.overflows(), 2u) << "a known pod is no new one";
  RemoveObject(PodJson("u0", "u0", ""), &store_);
  PutObject(PodJson("u3", "u3", "10.1.0.1"), &store_);
  EXPECT_EQ(store_.size(), 2u);
}

TEST_F(PodStoreTest, PassesOverAPodWithoutAUid) {
  PutObject("{'metadata':{'name':'x'}}", &store_);
  EXPECT_EQ(store_.size(), 0u);
}

}  // namespace
}  // namespace tcpgauge
