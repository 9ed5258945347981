// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(InterfaceNames, OneNameIsOneNumber) {
  InterfaceNames names("a.pcapng");
  const uint32_t number = names.Add("eth0");
  EXPECT_NE(number, InterfaceNames::kUnnamed);
  EXPECT_NE(names.Add("eth1"), number);
  EXPECT_EQ(names.Add("eth0"), number);
  EXPECT_EQ(names.Name(number), "eth0");
}

TEST(InterfaceNames, InterfacesWithoutANameHaveThatOfTheFile) {
  InterfaceNames names("a.pcapng");
  EXPECT_EQ(names.Add(""), InterfaceNames::kUnnamed);
  EXPECT_EQ(names.Name(InterfaceNames::kUnnamed), "a.pcapng");
}

TEST(InterfaceNames, UnknownNumbersHaveNoName) {
  InterfaceNames names("a.pcapng");
  EXPECT_EQ(names.Name(0), "");
  EXPECT_EQ(names.Name(2), "");
}

TEST(InterfaceNames, BeyondTheBoundAllAreOne) {
  InterfaceNames names("a.pcapng");
  for (size_t i = 2; i < InterfaceNames::kMaxNames; ++i) names.Add(absl::StrCat("veth", i));
  const uint32_t other = names.Add("one more");
  EXPECT_EQ(names.Name(other), "other");
  EXPECT_EQ(names.Add("and another"), other);
  EXPECT_EQ(names.Name(names.Add("veth7")), "veth7") << "known ones stay themselves";
}

TEST(InterfaceNames, LongNamesAreCut) {
  InterfaceNames names("a.pcapng");
  const std::string longest(InterfaceNames::kMaxNameBytes, 'x');
  EXPECT_EQ(names.Name(names.Add(longest + "y")), longest);
  EXPECT_EQ(names.Add(longest + "z"), names.Add(longest));
}

}  // namespace
}  // namespace tcpgauge
