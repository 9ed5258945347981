// SPDX-License-Identifier: Apache-2.0
#include "src/identity/container_log_source.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "src/naming/identity_pool.h"
#include "tests/identity/fake_folder.h"

namespace tcpgauge {
namespace {

const std::string kId(64, 'a');
const std::string kOtherId(64, 'b');

TEST(ParseContainerLogName, TellsPodNamespaceContainerAndId) {
  const auto log = ParseContainerLogName("web-7d4b9c8f6d-x2k9p_shop_nginx-proxy-" + kId + ".log");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(log->container_id, kId);
  EXPECT_EQ(log->container.pod, "web-7d4b9c8f6d-x2k9p");
  EXPECT_EQ(log->container.namespace_name, "shop");
  EXPECT_EQ(log->container.container, "nginx-proxy");
  EXPECT_EQ(log->container.workload, "web");
  EXPECT_EQ(log->container.workload_kind, "Deployment");
  EXPECT_TRUE(log->container.is_guess);
}

TEST(ParseContainerLogName, TakesOtherOwners) {
  EXPECT_EQ(ParseContainerLogName("postgres-0_db_postgres-" + kId + ".log")->container.workload, "postgres");
  EXPECT_EQ(ParseContainerLogName("kube-proxy-x8v2m_kube-system_kube-proxy-" + kId + ".log")->container.workload,
            "kube-proxy");
  EXPECT_EQ(ParseContainerLogName("debug_default_sh-" + kId + ".log")->container.workload_kind, "Pod");
}

TEST(ParseContainerLogName, RefusesOtherNames) {
  for (const std::string& name :
       {std::string(), std::string(".log"), std::string("web.log"), std::string("web_shop.log"),
        std::string("web_shop_nginx.log"), std::string("web-0_shop_nginx.log"), "_shop_nginx-" + kId + ".log",
        "web__nginx-" + kId + ".log", std::string("web_shop_nginx-.log"), "web_shop_nginx-" + kId,
        "web_shop_nginx-" + kId + ".log.1"}) {
    EXPECT_FALSE(ParseContainerLogName(name).has_value()) << name;
  }
}

class ContainerLogSourceTest : public testing::Test {
 protected:
  // Returns the identity of an address whose process is in container `id` of pod "1-2"; null if it is unknown.
  IdentityRef IdentityOf(const std::string& id, ContainerLogSource* source) {
    IdentityDraft draft(10, &pool_);
    draft.AddAddressOf({"1-2", id, ""}, *IpAddress::Parse("10.42.0.7"));
    draft.AddOwner({"1-2", id, ""}, "");
    source->AddTo(&draft);
    IdentityDraft::Recent recent;
    return draft.Finish(&recent, 0)->Find({*IpAddress::Parse("10.42.0.7"), 80});
  }

  FakeFolder folder_;
  IdentityPool pool_;
};

TEST_F(ContainerLogSourceTest, NamesThePodsOfTheFolder) {
  folder_.Write("web-0_shop_nginx-" + kId + ".log", "");
  ContainerLogSource source(folder_.path(), "node-a");
  const IdentityRef known = IdentityOf(kId, &source);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->identity.pod, "web-0");
  EXPECT_EQ(known->identity.node, "node-a");
  EXPECT_EQ(IdentityOf(kOtherId, &source), nullptr);
  EXPECT_TRUE(source.is_up());
  folder_.Write("web-1_shop_nginx-" + kOtherId + ".log", "");
  EXPECT_NE(IdentityOf(kOtherId, &source), nullptr) << "a new link";
}

TEST_F(ContainerLogSourceTest, LeavesOutALinkThatLostItsId) {
  const std::string cut = ("web-0_shop_" + std::string(180, 'c') + "-" + kId).substr(0, 251);
  folder_.Write(cut + ".log", "");
  ContainerLogSource source(folder_.path(), "");
  EXPECT_EQ(IdentityOf(kId, &source), nullptr);
}

TEST_F(ContainerLogSourceTest, LeavesOutANameThatNoLabelMayHold) {
  folder_.Write("web\"0_shop_nginx-" + kId + ".log", "");
  ContainerLogSource source(folder_.path(), "");
  const IdentityRef known = IdentityOf(kId, &source);
  EXPECT_TRUE(known == nullptr || known->identity.pod.empty());
}

TEST_F(ContainerLogSourceTest, IsDownWithoutTheFolder) {
  ContainerLogSource source(folder_.path() + "/absent", "");
  EXPECT_EQ(IdentityOf(kId, &source), nullptr);
  EXPECT_FALSE(source.is_up());
}

}  // namespace
}  // namespace tcpgauge
