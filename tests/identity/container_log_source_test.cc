// SPDX-License-Identifier: Apache-2.0
#include "src/identity/container_log_source.h"

#include <unistd.h>

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "src/base/strings.h"
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

// The name of a link as kubelet cuts it.
std::string CutName(const std::string& name) { return name.substr(0, 251) + ".log"; }

TEST_F(ContainerLogSourceTest, LeavesOutAFileThatLostItsId) {
  folder_.Write(CutName("web-0_shop_" + std::string(180, 'c') + "-" + kId), "");
  ContainerLogSource source(folder_.path(), "");
  EXPECT_EQ(IdentityOf(kId, &source), nullptr) << "no link tells the pod";
}

TEST_F(ContainerLogSourceTest, TheTargetOfALinkThatLostItsIdNamesThePod) {
  const std::string container(200, 'c');
  const std::string name = CutName("web-0_shop_" + container + "-" + kId);
  const std::string target = "/var/log/pods/shop_web-0_1-2/" + container + "/0.log";
  ASSERT_EQ(symlink(target.c_str(), (folder_.path() + "/" + name).c_str()), 0);
  ContainerLogSource source(folder_.path(), "node-a");
  const IdentityRef known = IdentityOf(kId, &source);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->identity.pod, "web-0");
  EXPECT_EQ(known->identity.namespace_name, "shop");
  EXPECT_EQ(known->identity.workload, "web");
  EXPECT_EQ(known->identity.node, "node-a");
}

TEST(ParseCutContainerLog, TakesTheUidFromTheTarget) {
  const std::string container(60, 'c'), pod(230, 'p');
  for (const std::string& names :
       {"web-0_shop_" + std::string(250, 'c'), pod + "_shop_" + container, pod + "_" + pod}) {
    SCOPED_TRACE(names);
    const auto parts = Split(names, '_');
    const std::string namespace_name(parts[1]);
    const std::string shown = parts.size() == 3 ? std::string(parts[2]) : container;
    const auto log =
        ParseCutContainerLog(CutName(names + "-" + kId), "/var/log/pods/" + namespace_name + "_" +
                                                             std::string(parts[0]) + "_1-2/" + shown + "/12.log");
    ASSERT_TRUE(log.has_value());
    EXPECT_EQ(log->pod_uid, "1-2");
    EXPECT_EQ(log->pod.pod, parts[0]);
    EXPECT_EQ(log->pod.namespace_name, namespace_name);
  }
}

TEST(ParseCutContainerLog, RefusesATargetThatIsNotThatOfTheName) {
  const std::string container(200, 'c');
  const std::string cut = CutName("web-0_shop_" + container + "-" + kId);
  const std::string right = "/var/log/pods/shop_web-0_1-2/" + container + "/0.log";
  ASSERT_TRUE(ParseCutContainerLog(cut, right).has_value());
  for (const std::string& target : std::initializer_list<std::string>{
           "", "/0.log", "0.log", "/var/log/pods/shop_web-1_1-2/" + container + "/0.log",
           "/var/log/pods/other_web-0_1-2/" + container + "/0.log", "/var/log/pods/shop_web-0_1-2/nginx/0.log",
           "/var/log/pods/shop_web-0/" + container + "/0.log", "/var/log/pods/shop_web-0_/" + container + "/0.log",
           "/var/log/pods/shop_web-0_1_2/" + container + "/0.log",
           "/var/lib/docker/containers/" + kId + "/" + kId + "-json.log"}) {
    EXPECT_FALSE(ParseCutContainerLog(cut, target).has_value()) << target;
  }
  EXPECT_FALSE(ParseCutContainerLog("web-0_shop_" + container + ".log", right).has_value()) << "it is not cut";
  const std::string whole = "web-0_shop_" + std::string(255 - 11 - 1 - 64 - 4, 'c') + "-" + kId + ".log";
  ASSERT_EQ(whole.size(), 255u);
  EXPECT_FALSE(ParseCutContainerLog(whole, right).has_value());
  EXPECT_TRUE(ParseContainerLogName(whole).has_value());
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
  EXPECT_FALSE(source.is_missed()) << "no kubelet runs here";
}

}  // namespace
}  // namespace tcpgauge
