// SPDX-License-Identifier: Apache-2.0
#include "src/flow/workload_cells.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tcpgauge {
namespace {

constexpr uint8_t kBoth = Binding::kClientIsLocal | Binding::kServerIsLocal;

WorkloadCellKey Key(uint16_t port, uint8_t local_ends = 0, const std::string& zone = "") {
  WorkloadCellKey key;
  key.edge.server_port = port;
  key.local_ends = local_ends;
  key.client_zone = zone;
  return key;
}

std::vector<WorkloadAccount> Accounts(const WorkloadCells& cells) {
  std::vector<WorkloadAccount> accounts;
  cells.AppendAccounts(&accounts);
  return accounts;
}

TEST(WorkloadCells, EachKeyHasACell) {
  WorkloadCells cells(2);
  const WorkloadCells::Id id = cells.Acquire(Key(80), {});
  EXPECT_GE(id, WorkloadCells::kFolds);
  EXPECT_EQ(cells.Acquire(Key(80), {}), id);
  EXPECT_EQ(cells.Find(Key(80)), id);
  std::set<WorkloadCells::Id> ids = {id};
  ids.insert(cells.Acquire(Key(81), {}));
  ids.insert(cells.Acquire(Key(80, kBoth), {}));
  ids.insert(cells.Acquire(Key(80, 0, "zone-a"), {}));
  EXPECT_EQ(ids.size(), 4u);
}

TEST(WorkloadCells, WithoutRoomAConnectionUsesTheFoldOfItsLocalEnds) {
  WorkloadCells cells(1);
  for (uint16_t port = 1; port <= 4; ++port) EXPECT_GE(cells.Acquire(Key(port), {}), WorkloadCells::kFolds);
  EXPECT_EQ(cells.Acquire(Key(5), {}), 0);
  EXPECT_EQ(cells.Acquire(Key(5, kBoth), {}), kBoth);
  EXPECT_EQ(cells.Find(Key(6, Binding::kServerIsLocal)), Binding::kServerIsLocal);
  EXPECT_EQ(WorkloadCells(0).Acquire(Key(1, kBoth), {}), kBoth);
}

TEST(WorkloadCells, AnAccountIsWhatItsCellWasCredited) {
  WorkloadCells cells(2);
  const WorkloadCells::Id id = cells.Acquire(Key(80), {});
  cells.unadmitted(id).segments += 5;
  cells.retired(id).segments += 7;
  cells.unadmitted(0).segments += 100;
  std::map<bool, uint64_t> segments;
  for (const WorkloadAccount& account : Accounts(cells)) segments[account.is_fold] += account.counters.segments;
  EXPECT_EQ(segments[false], 12u);
  EXPECT_EQ(segments[true], 100u);
  EXPECT_EQ(cells.Unadmitted().segments, 105u);
}

TEST(WorkloadCells, TheDistributionsOfACellMoveToItsFoldWhenItIsForgotten) {
  WorkloadCells cells(1);
  for (uint16_t port = 1; port <= 4; ++port) cells.Acquire(Key(port, kBoth), {});
  const WorkloadCells::Id id = cells.Find(Key(2, kBoth));
  cells.distributions(id).response_seconds.Observe(0.5);
  cells.distributions(kBoth).response_seconds.Observe(8);
  std::map<bool, uint64_t> values;
  for (const WorkloadAccount& account : Accounts(cells)) {
    values[account.is_fold] += account.distributions.response_seconds.Count();
  }
  EXPECT_EQ(values, (std::map<bool, uint64_t>{{false, 1}, {true, 1}}));
  EXPECT_EQ(cells.Distributions().response_seconds.Count(), 2u);
  cells.Release(id);
  cells.ForgetUnused();
  cells.ForgetUnused();
  ASSERT_EQ(cells.Find(Key(2, kBoth)), kBoth);
  EXPECT_EQ(cells.distributions(kBoth).response_seconds.Count(), 2u);
  EXPECT_EQ(cells.distributions(id).response_seconds.Count(), 0u);
  EXPECT_EQ(cells.Distributions().response_seconds.Count(), 2u);
}

TEST(WorkloadCells, ACellIsForgottenOnlyWhenAllAreTakenAndItWasUnusedAWholeRound) {
  WorkloadCells cells(1);
  for (uint16_t port = 1; port <= 4; ++port) cells.Acquire(Key(port, kBoth), {});
  const WorkloadCells::Id unused = cells.Find(Key(2, kBoth));
  cells.unadmitted(unused).segments = 5;
  cells.retired(unused).segments = 7;
  cells.Release(unused);
  cells.ForgetUnused();
  EXPECT_EQ(cells.Find(Key(2, kBoth)), unused);
  cells.ForgetUnused();
  EXPECT_EQ(cells.Find(Key(2, kBoth)), kBoth);
  uint64_t in_fold = 0;
  for (const WorkloadAccount& account : Accounts(cells)) {
    if (account.is_fold && account.key.local_ends == kBoth) in_fold = account.counters.segments;
  }
  EXPECT_EQ(in_fold, 12u) << "nothing is lost";
  EXPECT_EQ(cells.Acquire(Key(9), {}), unused);
}

TEST(WorkloadCells, ACellThatComesAgainHasAnotherNumber) {
  WorkloadCells cells(1);
  for (uint16_t port = 1; port <= 4; ++port) cells.Acquire(Key(port), {});
  const auto number = [&] {
    for (const WorkloadAccount& account : Accounts(cells)) {
      if (!account.is_fold && account.key == Key(2)) return account.number;
    }
    return uint64_t{0};
  };
  const uint64_t before = number();
  EXPECT_NE(before, 0u);
  cells.Release(cells.Find(Key(2)));
  cells.ForgetUnused();
  cells.ForgetUnused();
  EXPECT_EQ(number(), 0u);
  cells.Acquire(Key(2), {});
  EXPECT_GT(number(), before);
}

TEST(WorkloadCells, ACellDoesNotKeepAnIdentityInUse) {
  WorkloadCells cells(1);
  auto identity = std::make_shared<NumberedIdentity>();
  identity->workload_number = 3;
  identity->identity.workload = "web";
  cells.Acquire(Key(80), {identity, nullptr, 0});
  EXPECT_EQ(identity.use_count(), 1);
  for (const WorkloadAccount& account : Accounts(cells)) {
    if (account.is_fold) continue;
    EXPECT_EQ(account.client->identity.workload, "web");
    EXPECT_EQ(account.server, nullptr);
  }
}

}  // namespace
}  // namespace tcpgauge
