// SPDX-License-Identifier: Apache-2.0
#include "src/flow/binding_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace tcpgauge {
namespace {

IdentityRef Numbered(uint32_t number) {
  auto identity = std::make_shared<NumberedIdentity>();
  identity->number = identity->label_number = number;
  return identity;
}

TEST(BindingTable, EqualBindingsHaveOneId) {
  BindingTable table;
  const IdentityRef a = Numbered(1), b = Numbered(2);
  const BindingTable::Id id = table.Acquire({a, b, Binding::kClientIsLocal});
  EXPECT_NE(id, BindingTable::kNobody);
  EXPECT_EQ(table.Acquire({a, b, Binding::kClientIsLocal}), id);
  EXPECT_NE(table.Acquire({b, a, Binding::kClientIsLocal}), id);
  EXPECT_NE(table.Acquire({a, b, Binding::kServerIsLocal}), id);
  EXPECT_NE(table.Acquire({a, nullptr, Binding::kClientIsLocal}), id);
  EXPECT_EQ(table.Get(id).client, a);
  EXPECT_EQ(table.Get(id).server, b);
}

TEST(BindingTable, NobodyKnownAndNobodyLocalNeedsNoPlace) {
  BindingTable table;
  EXPECT_EQ(table.Acquire(Binding()), BindingTable::kNobody);
  EXPECT_EQ(table.size(), 0u);
  table.AcquireAgain(BindingTable::kNobody);
  table.Release(BindingTable::kNobody);
  EXPECT_EQ(table.Get(BindingTable::kNobody).client, nullptr);
  EXPECT_NE(table.Acquire({nullptr, nullptr, Binding::kServerIsLocal}), BindingTable::kNobody);
}

TEST(BindingTable, ABindingEndsWithItsLastUser) {
  BindingTable table;
  const IdentityRef a = Numbered(1);
  const BindingTable::Id id = table.Acquire({a, nullptr, 0});
  table.AcquireAgain(id);
  table.Release(id);
  EXPECT_EQ(table.size(), 1u);
  table.Release(id);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(a.use_count(), 1) << "the table does not keep the identity";
  EXPECT_EQ(table.Acquire({Numbered(2), nullptr, 0}), id) << "the place is used again";
}

TEST(BindingTable, AFullTableBindsNobodyMoreAndCountsThat) {
  BindingTable table;
  std::vector<BindingTable::Id> ids;
  for (uint32_t i = 1; i <= BindingTable::kCapacity; ++i) ids.push_back(table.Acquire({Numbered(i), nullptr, 0}));
  EXPECT_EQ(table.size(), BindingTable::kCapacity);
  EXPECT_EQ(table.overflows(), 0u);
  EXPECT_EQ(table.Acquire({Numbered(100000), nullptr, 0}), BindingTable::kNobody);
  EXPECT_EQ(table.overflows(), 1u);
  table.Release(ids[7]);
  EXPECT_EQ(table.Acquire({Numbered(100001), nullptr, 0}), ids[7]);
}

}  // namespace
}  // namespace tcpgauge
