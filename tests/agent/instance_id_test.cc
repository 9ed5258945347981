// SPDX-License-Identifier: Apache-2.0
#include "src/agent/instance_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::MatchesRegex;

constexpr char kStable[] = "[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
constexpr char kRandom[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

class InstanceIdTest : public testing::Test {
 protected:
  InstanceIdTest() {
    Write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    std::filesystem::create_directories(root_.path() + "/run/systemd");
  }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root_.path() + path).parent_path());
    std::ofstream(root_.path() + path) << text;
  }

  std::string Id(const std::vector<std::string>& urls = {"http://127.0.0.1:10406"}) const {
    const auto variables = [this](const char* name) { return name == variable_ ? "yes" : nullptr; };
    return InstanceId(urls, variables, root_.path());
  }

  std::string variable_;  // that is set

 private:
  const ScratchDirectory root_;
};

TEST_F(InstanceIdTest, IsTheSameAtTheNextStart) {
  EXPECT_THAT(Id(), MatchesRegex(kStable));
  EXPECT_EQ(Id(), Id());
  EXPECT_EQ(Id({"https://127.0.0.1:10406"}), Id());
  EXPECT_EQ(Id({"unix:/run/x", "http://[::1]:1"}), Id({"http://[::1]:1", "unix:/run/x"}));
}

TEST_F(InstanceIdTest, IsAnotherForAnotherAgentOrMachine) {
  const std::string id = Id();
  EXPECT_NE(Id({"http://127.0.0.1:10407"}), id);
  EXPECT_NE(Id({"http://127.0.0.1:10406", "unix:/run/x"}), id);
  Write("/etc/machine-id", "fedcba9876543210fedcba9876543210\n");
  EXPECT_THAT(Id(), MatchesRegex(kStable));
  EXPECT_NE(Id(), id);
}

TEST_F(InstanceIdTest, IsRandomInAContainer) {
  for (const char* variable : {"container", "KUBERNETES_SERVICE_HOST"}) {
    variable_ = variable;
    EXPECT_THAT(Id(), MatchesRegex(kRandom)) << variable;
    EXPECT_NE(Id(), Id());
  }
  variable_.clear();
  Write("/.dockerenv", "");
  EXPECT_THAT(Id(), MatchesRegex(kRandom));
}

TEST_F(InstanceIdTest, IsRandomInPodmansAndSystemdsContainers) {
  Write("/run/.containerenv", "");
  EXPECT_THAT(Id(), MatchesRegex(kRandom));
}

TEST_F(InstanceIdTest, IsRandomWithoutAMachineIdOrAnAddress) {
  EXPECT_THAT(Id({}), MatchesRegex(kRandom));
  for (const char* wrong :
       {"", "uninitialized\n", "0123456789abcdef0123456789abcde\n", "0123456789ABCDEF0123456789ABCDEF\n"}) {
    Write("/etc/machine-id", wrong);
    EXPECT_THAT(Id(), MatchesRegex(kRandom)) << wrong;
  }
}

}  // namespace
}  // namespace tcpgauge
