// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_store.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "src/identity/identity_draft.h"
#include "src/kube/slice_store.h"
#include "src/naming/identity_pool.h"
#include "src/net/ip_address.h"
#include "tests/kube/parse_object.h"

namespace tcpgauge {
namespace {

std::string ServiceJson(const std::string& name, const std::string& address, const std::string& ports = "{'port':80}") {
  return absl::StrCat("{'metadata':{'namespace':'shop','name':'", name, "'},'spec':{'clusterIP':'", address,
                      "','ports':[", ports, "]}}");
}

class ServiceStoreTest : public testing::Test {
 protected:
  IdentityRef At(const std::string& address, uint16_t port) {
    IdentityPool pool;
    IdentityDraft draft(100, &pool);
    IdentityDraft::Recent recent;
    store_.AddTo(workloads_, &draft);
    return draft.Finish(&recent, 0)->Find({*IpAddress::Parse(address), port});
  }

  SliceStore::Workloads workloads_;
  ServiceStore store_{3};
};

TEST_F(ServiceStoreTest, NamesTheAddressesOfServices) {
  PutObject(ServiceJson("web", "10.43.0.1", "{'port':80},{'port':443}"), &store_);
  ASSERT_NE(At("10.43.0.1", 443), nullptr);
  EXPECT_EQ(At("10.43.0.1", 443)->identity.service, "web");
  EXPECT_EQ(At("10.43.0.1", 443)->identity.namespace_name, "shop");
  EXPECT_EQ(At("10.43.0.1", 443)->identity.workload, "");
  EXPECT_EQ(At("10.43.0.1", 8080), nullptr);
  RemoveObject(ServiceJson("web", ""), &store_);
  EXPECT_EQ(At("10.43.0.1", 443), nullptr);
}

TEST_F(ServiceStoreTest, AnAddressHasTheWorkloadBehindIt) {
  EndIdentity workload;
  workload.workload = "web-v2";
  workload.workload_kind = "Deployment";
  workload.is_guess = true;
  workloads_[{"shop", "web"}] = workload;
  PutObject(ServiceJson("web", "10.43.0.1"), &store_);
  EXPECT_EQ(At("10.43.0.1", 80)->identity.workload, "web-v2");
  EXPECT_EQ(At("10.43.0.1", 80)->identity.service, "web");
  EXPECT_TRUE(At("10.43.0.1", 80)->identity.is_guess);
}

TEST_F(ServiceStoreTest, ForgetsAtTheEndOfASyncWhatDidNotCome) {
  PutObject(ServiceJson("a", "10.43.0.1"), &store_);
  PutObject(ServiceJson("b", "10.43.0.2"), &store_);
  store_.BeginSync();
  PutObject(ServiceJson("b", "10.43.0.2"), &store_);
  EXPECT_EQ(store_.size(), 2u);
  store_.EndSync();
  EXPECT_EQ(store_.size(), 1u);
}

TEST_F(ServiceStoreTest, KeepsNoMoreThanItMay) {
  PutObject(ServiceJson("a", "10.43.0.1", "{'port':80},{'port':443}"), &store_);
  PutObject(ServiceJson("b", "10.43.0.2", "{'port':80},{'port':443}"), &store_);
  EXPECT_EQ(store_.size(), 2u);
  EXPECT_EQ(store_.overflows(), 2u);
  PutObject(ServiceJson("headless", "None"), &store_);
  PutObject(ServiceJson("c", "10.43.0.3"), &store_);
  EXPECT_EQ(store_.size(), 3u);
}

}  // namespace
}  // namespace tcpgauge
