// SPDX-License-Identifier: Apache-2.0
#include "src/agent/end_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "src/naming/identity_level.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class EndNamesTest : public testing::Test {
 protected:
  EndNamesTest() {
    std::string pattern = testing::TempDir() + "/end-names-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~EndNamesTest() override { std::filesystem::remove_all(folder_); }

  // A host without processes, control groups and containers.
  Options Empty() const {
    Options options;
    options.procfs_path = options.cgroup_path = options.container_logs_path = folder_ + "/none";
    return options;
  }
  EndNames::Post Record() {
    return [this](const std::shared_ptr<const IdentityMap>& map) { posted_.push_back(map); };
  }

  std::string folder_;
  std::vector<std::shared_ptr<const IdentityMap>> posted_;
};

TEST_F(EndNamesTest, AreNullWhereNobodyIsNamed) {
  Options off;
  off.identity = IdentityLevel::kOff;
  EXPECT_EQ(*EndNames::Open(off, 100), nullptr);
  Options file;
  file.read_file = "capture.pcap";
  EXPECT_EQ(*EndNames::Open(file, 100), nullptr) << "whatever the level is";
}

TEST_F(EndNamesTest, DoNotOpenWithTheUrlOfAnApiThatCannotExist) {
  for (const IdentityLevel level : {IdentityLevel::kOff, IdentityLevel::kLocal, IdentityLevel::kCluster}) {
    Options options = Empty();
    options.identity = level;
    const std::pair<const char*, const char*> cases[] = {
        {"https://127.0.0.1:99999", "its port is not a number from 1 to 65535"},
        {"https://127.0.0.1:0", "its port is not a number from 1 to 65535"},
        {"https://[::1", "its host is not an IPv6 address in brackets"},
        {"https://[fe80::x]:6443", "its host is not an IPv6 address in brackets"},
        {"http://10.0.0.256:8001", "its host is no name and no address"},
    };
    for (const auto& [url, reason] : cases) {
      options.identity_api = url;
      const absl::Status status = EndNames::Open(options, 100).status();
      EXPECT_TRUE(absl::IsInvalidArgument(status)) << url;
      EXPECT_EQ(std::string(status.message()), std::string("--identity.api or KUBERNETES_SERVICE_HOST: '") + url +
                                                   "' is not the URL of a Kubernetes API: " + reason +
                                                   "; right would be https://HOST:6443");
    }
    for (const char* right : {"https://127.0.0.1:6443", "https://[::1]:6443/", "https://api.example/k8s/c-1", ""}) {
      options.identity_api = right;
      EXPECT_TRUE(EndNames::Open(options, 100).ok()) << right;
    }
  }
}

TEST_F(EndNamesTest, TheFirstMapIsThereWhenTheyHaveStarted) {
  auto names = EndNames::Open(Empty(), 100);
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_TRUE((*names)->Start(Record()).ok());
  EXPECT_THAT(posted_, SizeIs(1));
  const IdentityCounters counters = (*names)->hub().counters();
  std::vector<std::string> sources;
  for (const IdentitySourceState& source : counters.sources) sources.emplace_back(source.name);
  EXPECT_THAT(sources, testing::UnorderedElementsAre("sockets", "cgroup", "proc", "container-logs"));
  (*names)->Stop();
  (*names)->Stop();
}

TEST_F(EndNamesTest, TheFileIsWrittenBeforeTheyHaveStarted) {
  Options options = Empty();
  options.identity_file = folder_ + "/names.json";
  auto names = EndNames::Open(options, 100);
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_FALSE(std::filesystem::exists(options.identity_file)) << "the user changes first";
  EXPECT_TRUE((*names)->Start(Record()).ok());
  EXPECT_TRUE(std::filesystem::exists(options.identity_file));
}

TEST_F(EndNamesTest, DoNotStartWithAFileThatCannotBeWritten) {
  Options options = Empty();
  options.identity_file = folder_ + "/none/names.json";
  auto names = EndNames::Open(options, 100);
  ASSERT_TRUE(names.ok()) << names.status();
  const absl::Status status = (*names)->Start(Record());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("--identity.file: cannot write '" + options.identity_file));
}

TEST_F(EndNamesTest, OfAFileAreThoseOfTheFileOfNames) {
  Options options = Empty();
  options.read_file = "capture.pcap";
  options.identity = IdentityLevel::kOff;
  options.identity_file = folder_ + "/names.json";
  std::ofstream(options.identity_file) << R"({"version": 1,
    "addresses": [{"address": "10.0.0.1", "workload": "db"}],
    "sockets": [{"address": "192.0.2.1", "port": 80, "workload": "web"}],
    "ports": [{"port": 22, "workload": "ssh"}, {"port": 53, "workload": "dns"}]})";
  auto names = EndNames::Open(options, 100);
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_TRUE((*names)->Start(Record()).ok());
  ASSERT_THAT(posted_, SizeIs(1));
  EXPECT_EQ(posted_[0], (*names)->hub().Current());
  EXPECT_EQ(posted_[0]->Find({*IpAddress::Parse("10.0.0.1"), 1})->identity.workload, "db");
  EXPECT_EQ((*names)->hub().counters().endpoints, 4u);

  std::ofstream(options.identity_file) << "{}";
  EXPECT_EQ(EndNames::Open(options, 100).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(EndNamesTest, StopAtOnceWhileTheKubernetesApiIsAway) {
  Options options = Empty();
  options.identity = IdentityLevel::kCluster;
  options.identity_api = "https://127.0.0.1:1/";
  options.identity_node = "node-7";
  auto names = EndNames::Open(options, 100);
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_TRUE((*names)->Start(Record()).ok());
  const IdentityCounters counters = (*names)->hub().counters();
  EXPECT_THAT(counters.sources, SizeIs(7));
  EXPECT_LE(counters.sources.size(), static_cast<size_t>(kMaxIdentitySources));
  std::vector<std::string> parts;
  for (const IdentityOverflow& overflow : counters.overflows) parts.emplace_back(overflow.part);
  EXPECT_THAT(parts, ElementsAre("identities", "kubernetes_objects", "kubernetes_events"));
  EXPECT_LE(parts.size(), static_cast<size_t>(kMaxIdentityOverflows));
  (*names)->Stop();
}

}  // namespace
}  // namespace tcpgauge
