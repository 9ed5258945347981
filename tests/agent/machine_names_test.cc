// SPDX-License-Identifier: Apache-2.0
#include "src/agent/machine_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tcpgauge {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(MachineNames, KnowsTheHostNameAtOnce) {
  EXPECT_THAT(*MachineNames("node7", nullptr).Current(), Contains("node7"));
  EXPECT_THAT(*MachineNames("node7.example", nullptr).Current(), ElementsAre("node7.example", "node7"));
  EXPECT_THAT(*MachineNames("", nullptr).Current(), ElementsAre());
  EXPECT_NE(MachineNames().Current(), nullptr);
}

TEST(MachineNames, NobodyWaitsForALookUpThatHangs) {
  auto asked = std::make_shared<std::promise<std::string>>();
  auto answer = std::make_shared<std::promise<std::string>>();
  std::future<std::string> host = asked->get_future();
  auto names = std::make_unique<MachineNames>("node7", [asked, answer](const std::string& name) {
    asked->set_value(name);
    return answer->get_future().get();
  });
  names->LookUp();
  EXPECT_EQ(host.get(), "node7");
  EXPECT_THAT(*names->Current(), Not(Contains("node7.example")));
  const MachineNames copy = *names;
  names = nullptr;  // while the look-up runs
  answer->set_value("node7.example");
  while (copy.Current()->back() != "node7.example") std::this_thread::yield();
}

TEST(MachineNames, ANameWithADotNeedsNoLookUp) {
  MachineNames names("node7.example", nullptr);  // would crash
  names.LookUp();
  MachineNames none("", nullptr);
  none.LookUp();
}

}  // namespace
}  // namespace tcpgauge
