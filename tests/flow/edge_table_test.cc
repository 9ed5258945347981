// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/binding_table.h"
#include "tests/support/distribution_laws.h"
#include "tests/support/edge_sums.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kStart = 1700000000 * kSecond;

IpAddress Address(uint32_t number) {
  const uint8_t wire[4] = {10, static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 8),
                           static_cast<uint8_t>(number)};
  return IpAddress::FromV4(wire);
}

// Numbered clients send to one server, so each client is an edge.
class EdgeTableTest : public testing::Test {
 protected:
  void Make(size_t max_exported, int64_t window_seconds) {
    EdgeTableOptions options;
    options.max_exported = max_exported;
    const EdgeTimes times = {window_seconds * kSecond, 100 * kSecond};
    edges_ = std::make_unique<EdgeTable>(options, times, 1, &bindings_);
  }
  EdgeKey Key(uint32_t client) const { return edges_->KeyOf(Address(client), {Address(0xffffff), 443}); }
  void CreditResponse(uint32_t client, double seconds) {
    edges_->CreditResponse(slots_[client], Address(client), {Address(0xffffff), 443}, EdgeBinding(), seconds);
  }
  void Send(uint32_t client, uint64_t bytes, bool of_client = true) {
    if (slots_.find(client) == slots_.end()) {
      edges_->Open(Key(client), now_);
      slots_[client] = EdgeTable::kNone;
    }
    edges_->Credit(&slots_[client], Key(client), /*is_open=*/true, {of_client ? bytes : 0, of_client ? 0 : bytes, 1, 1},
                   now_);
    (of_client ? sent_.client_payload_bytes : sent_.server_payload_bytes) += bytes;
  }
  void PassSeconds(int seconds) {
    for (; seconds > 0; --seconds) {
      now_ += kSecond;
      edges_->Rebalance(now_);
    }
  }
  std::map<IpAddress, EdgeCounters> Exported() const {
    std::map<IpAddress, EdgeCounters> exported;
    edges_->VisitExported([&](const EdgeKey& key, const EdgeCounters& counters, const EdgeServices&, int64_t) {
      exported[key.client] = counters;
    });
    return exported;
  }
  // The service ports of the client's edge, in their order.
  std::vector<uint16_t> ServicePorts(uint32_t client) const {
    std::vector<uint16_t> ports;
    edges_->VisitExported([&](const EdgeKey& key, const EdgeCounters&, const EdgeServices& services, int64_t) {
      if (!(key == Key(client))) return;
      for (const Endpoint& service : services.endpoints()) ports.push_back(service.port);
    });
    return ports;
  }
  void NoteService(uint32_t client, const Endpoint& service) {
    edges_->NoteService(slots_[client], Key(client), service);
  }
  EdgeCounters Sum() const { return SumOfEdges(*edges_); }

  BindingTable bindings_;
  std::unique_ptr<EdgeTable> edges_;
  std::map<uint32_t, EdgeTable::Slot> slots_;
  int64_t now_ = kStart;
  EdgeCounters sent_;
};

TEST_F(EdgeTableTest, AHandshakeCountsItsConnectionWithTheEdgeAndIsCreditedToIt) {
  Make(1, 10);
  Send(1, 100);  // admitted at once, in the first window
  EdgeTable::Slot slot = EdgeTable::kNone;
  edges_->Open(Key(1), now_);
  EXPECT_EQ(Exported()[Address(1)].connections, 1);
  edges_->CreditHandshake(&slot, Key(1), 0.25);
  EXPECT_EQ(Exported()[Address(1)].connections, 2);
  EXPECT_EQ(edges_->other().connections, 0);
  EXPECT_EQ(Exported()[Address(1)].handshake_rtt_count, 1);
  EXPECT_EQ(Exported()[Address(1)].handshake_rtt_sum_seconds, 0.25);
  edges_->CreditHandshake(&slot, Key(1), 0.5);
  EXPECT_EQ(Exported()[Address(1)].connections, 2) << "it holds the edge already";

  EdgeTable::Slot unwatched = EdgeTable::kNone;
  edges_->Open(Key(2), now_);
  edges_->CreditHandshake(&unwatched, Key(2), 1);
  EXPECT_EQ(unwatched, EdgeTable::kNone) << "a handshake alone wins no place";
  EXPECT_EQ(edges_->other().connections, 1);
  EXPECT_EQ(edges_->other().handshake_rtt_count, 1);
  edges_->Close(slot, Key(1));
  EXPECT_EQ(Exported()[Address(1)].connections, 1);
}

TEST_F(EdgeTableTest, ADelayIsDistributedWhereItIsCredited) {
  Make(1, 10);
  Send(1, 100);
  edges_->CreditHandshake(&slots_[1], Key(1), 0.25);
  CreditResponse(1, 0.5);
  CreditResponse(1, 0);
  Send(2, 100);
  edges_->CreditHandshake(&slots_[2], Key(2), 8);
  EXPECT_EQ(Exported()[Address(1)].response_count, 2);
  EXPECT_EQ(Exported()[Address(1)].response_sum_seconds, 0.5);
  const EdgeDistributions& of_edge = edges_->DistributionsOf(Key(1));
  EXPECT_EQ(CountsAtScale(of_edge.handshake_rtt_seconds, 3), (std::map<int32_t, uint64_t>{{-17, 1}}));
  EXPECT_EQ(CountsAtScale(of_edge.response_seconds, 3), (std::map<int32_t, uint64_t>{{-9, 1}}));
  EXPECT_EQ(of_edge.response_seconds.zero_count(), 1);
  EXPECT_EQ(CountsAtScale(edges_->other_distributions().handshake_rtt_seconds, 3),
            (std::map<int32_t, uint64_t>{{23, 1}}));
  EXPECT_TRUE(CountsAgree(Exported()[Address(1)], of_edge));
  EXPECT_TRUE(CountsAgree(edges_->other(), edges_->other_distributions()));
}

TEST_F(EdgeTableTest, AnEdgeWithoutDelaysHasEmptyDistributions) {
  Make(1, 10);
  Send(1, 100);
  EXPECT_EQ(edges_->DistributionsOf(Key(1)).handshake_rtt_seconds.Count(), 0);
  EXPECT_EQ(edges_->DistributionsOf(Key(1)).response_seconds.Count(), 0);
}

TEST_F(EdgeTableTest, TheDistributionsOfAnEdgeWhoseSeriesEndedAreRetired) {
  Make(1, 10);
  Send(1, 100);
  edges_->CreditHandshake(&slots_[1], Key(1), 0.25);
  PassSeconds(20);
  Send(2, 1000000);
  edges_->CreditHandshake(&slots_[2], Key(2), 4);
  PassSeconds(1);
  edges_->CreditHandshake(&slots_[1], Key(1), 0.125);  // the edge retires, so this is credited to other
  EXPECT_EQ(edges_->DistributionsOf(Key(1)).handshake_rtt_seconds.Count(), 1);
  EXPECT_EQ(edges_->other_distributions().handshake_rtt_seconds.Count(), 2);
  EXPECT_EQ(edges_->retired_distributions().handshake_rtt_seconds.Count(), 0);
  PassSeconds(12);
  ASSERT_EQ(edges_->retired_edges(), 1);
  EXPECT_EQ(CountsAtScale(edges_->retired_distributions().handshake_rtt_seconds, 3),
            (std::map<int32_t, uint64_t>{{-17, 1}}));
  EXPECT_EQ(CountsAtScale(edges_->other_distributions().handshake_rtt_seconds, 3),
            (std::map<int32_t, uint64_t>{{-25, 1}, {15, 1}}));
  std::vector<WorkloadAccount> accounts;
  edges_->AppendWorkloads(&accounts);
  EXPECT_EQ(accounts[0].distributions.handshake_rtt_seconds.Count(), 3) << "without names, all use the first fold";
  EXPECT_EQ(accounts[0].counters.handshake_rtt_count, 3);
}

TEST_F(EdgeTableTest, CountsTheDistributionsInItsMemory) {
  EdgeTableOptions few, many;
  few.max_exported = 10;
  many.max_exported = 110;  // as many edges are watched
  EXPECT_GE(EdgeTable::MemoryBytes(many) - EdgeTable::MemoryBytes(few), 100 * sizeof(EdgeDistributions));
  EdgeTableOptions workloads = few;
  workloads.max_workload_edges = 25;
  EXPECT_GE(EdgeTable::MemoryBytes(workloads) - EdgeTable::MemoryBytes(few), 100 * sizeof(EdgeDistributions));
}

// The least number of edges that a table watches.
constexpr uint32_t kWatched = 1024;

TEST_F(EdgeTableTest, ANewEdgeTakesThePlaceOfTheLightestOfSeveral) {
  Make(1, 10);
  for (uint32_t client = 0; client < kWatched; ++client) Send(client, client % 2 == 0 ? 1 : 1000000000);
  int admitted = 0;
  for (uint32_t client = kWatched; client < kWatched + 100; ++client) {
    Send(client, 1000);
    if (slots_[client] != EdgeTable::kNone) ++admitted;
  }
  EXPECT_GT(admitted, 90);
}

TEST_F(EdgeTableTest, ANewEdgeDoesNotInheritTheWeightOfItsPlace) {
  Make(1, 10);
  for (uint32_t client = 0; client < kWatched; ++client) Send(client, client == 0 ? 600 : 590);
  int admitted = 0;
  for (uint32_t client = kWatched; client < kWatched + 20; ++client) {
    Send(client, 1000);
    if (slots_[client] != EdgeTable::kNone) ++admitted;
  }
  ASSERT_GT(admitted, 0);
  PassSeconds(1);
  // The exported edge weighs 600. Inherited weights would bring the new edges to more than twice as much.
  EXPECT_EQ(Exported().count(Address(0)), 1);
}

TEST_F(EdgeTableTest, CreditsOtherUntilAnEdgeIsAdmittedAndItselfFromThenOn) {
  Make(1, 10);
  Send(1, 100);
  Send(2, 1000);
  EXPECT_EQ(edges_->other().client_payload_bytes, 1000);
  PassSeconds(1);
  Send(2, 7);
  EXPECT_EQ(Exported()[Address(2)].client_payload_bytes, 7);
  EXPECT_EQ(edges_->other().client_payload_bytes, 1000);
  EXPECT_EQ(edges_->retired().client_payload_bytes, 100);
}

TEST_F(EdgeTableTest, AdmitsAtOnceWhileThereArePlacesInTheFirstWindow) {
  Make(2, 10);
  for (uint32_t client = 1; client <= 3; ++client) Send(client, client);
  EXPECT_EQ(Exported().size(), 2);
  EXPECT_EQ(Exported()[Address(1)].client_payload_bytes, 1);
  EXPECT_EQ(Exported()[Address(2)].client_payload_bytes, 2);
  EXPECT_EQ(edges_->other().client_payload_bytes, 3);
}

TEST_F(EdgeTableTest, AnnouncesAnEdgeAtZeroForAWindowBeforeItIsCredited) {
  Make(4, 10);
  Send(1, 1);
  PassSeconds(20);  // after the first window, readers may have seen earlier values
  Send(2, 100);
  PassSeconds(1);
  ASSERT_EQ(Exported().count(Address(2)), 1);
  for (int i = 0; i < 9; ++i) {
    Send(2, 5);
    PassSeconds(1);
    EXPECT_EQ(Exported()[Address(2)].client_payload_bytes, 0);
  }
  PassSeconds(1);
  Send(2, 3);
  EXPECT_EQ(Exported()[Address(2)].client_payload_bytes, 3);
}

TEST_F(EdgeTableTest, KeepsARetiringEdgeAsItIsForAWindow) {
  Make(1, 10);
  Send(1, 1000);
  PassSeconds(1);
  Send(1, 50);
  PassSeconds(20);
  Send(2, 1000000);
  PassSeconds(1);
  Send(1, 9);
  EXPECT_EQ(Exported()[Address(1)].client_payload_bytes, 1050) << "its place is wanted: no credits any more";
  for (int i = 0; i < 9; ++i) {
    PassSeconds(1);
    Send(2, 1000000);
  }
  EXPECT_EQ(Exported()[Address(1)].client_payload_bytes, 1050);
  EXPECT_EQ(edges_->retired_edges(), 0);
  PassSeconds(2);
  EXPECT_EQ(Exported().count(Address(1)), 0);
  EXPECT_EQ(Exported().count(Address(2)), 1);
  EXPECT_EQ(edges_->retired().client_payload_bytes, 1050);
  EXPECT_EQ(edges_->retired_edges(), 1);
}

TEST_F(EdgeTableTest, GivesUpAnEdgeThatIsSilent) {
  Make(4, 10);
  Send(1, 100);
  PassSeconds(1);
  Send(1, 100);
  PassSeconds(99);
  EXPECT_EQ(Exported().size(), 1);
  PassSeconds(13);
  EXPECT_EQ(Exported().size(), 0);
  EXPECT_EQ(edges_->retired().client_payload_bytes, 200);
}

TEST_F(EdgeTableTest, NearEqualsDoNotTakeTurns) {
  Make(1, 10);
  Send(1, 1000);
  PassSeconds(1);
  for (int i = 0; i < 100; ++i) {
    Send(1, 1000);
    Send(2, 1900);
    PassSeconds(1);
    ASSERT_EQ(Exported().count(Address(1)), 1);
  }
}

TEST_F(EdgeTableTest, GroupsClientsByPrefix) {
  EdgeTableOptions options;
  options.v4_prefix_bits = 24;
  const EdgeTimes times = {60 * kSecond, 3600 * kSecond};
  edges_ = std::make_unique<EdgeTable>(options, times, 1, &bindings_);
  Send(0x0101, 10);
  Send(0x0102, 20);
  EXPECT_EQ(Exported().size(), 1);
  EXPECT_EQ(Exported()[Address(0x0100)].client_payload_bytes, 30);
  EXPECT_EQ(Exported()[Address(0x0100)].connections, 2);
}

TEST_F(EdgeTableTest, GroupsServersOutsideTheNamedNetworksByPrefix) {
  EdgeTableOptions options;
  options.v4_server_prefix_bits = 24;
  options.v6_server_prefix_bits = 48;
  options.single_servers = {*IpNetwork::Parse("10.0.0.0/8"), *IpNetwork::Parse("198.51.100.128/25"),
                            *IpNetwork::Parse("fd00::/8")};
  edges_ = std::make_unique<EdgeTable>(options, EdgeTimes{60 * kSecond, 3600 * kSecond}, 1, &bindings_);
  const auto server_of = [this](const char* server) {
    const EdgeKey key = edges_->KeyOf(Address(1), {*IpAddress::Parse(server), 443});
    EXPECT_EQ(key.client, Address(1));
    EXPECT_EQ(key.server.port, 443);
    return key.server.address.ToString() + (key.is_server_prefix ? "/" : "");
  };
  EXPECT_EQ(server_of("198.51.100.7"), "198.51.100.0/");
  EXPECT_EQ(server_of("198.51.100.0"), "198.51.100.0/");
  EXPECT_EQ(server_of("203.0.113.9"), "203.0.113.0/");
  EXPECT_EQ(server_of("2001:db8:7:8::9"), "2001:db8:7::/");
  EXPECT_EQ(server_of("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(server_of("198.51.100.200"), "198.51.100.200");
  EXPECT_EQ(server_of("fd00::7"), "fd00::7");
}

TEST_F(EdgeTableTest, AServerIsNotTheGroupWhosePrefixItsAddressIs) {
  EdgeTableOptions options;
  options.v4_server_prefix_bits = 24;
  options.single_servers = {*IpNetwork::Parse("198.51.100.0/25")};
  edges_ = std::make_unique<EdgeTable>(options, EdgeTimes{60 * kSecond, 3600 * kSecond}, 1, &bindings_);
  const EdgeKey server = edges_->KeyOf(Address(1), {*IpAddress::Parse("198.51.100.0"), 443});
  const EdgeKey group = edges_->KeyOf(Address(1), {*IpAddress::Parse("198.51.100.200"), 443});
  EXPECT_EQ(server.server, group.server);
  EXPECT_FALSE(server == group);
}

TEST_F(EdgeTableTest, OnlyTheFamilyWithAShorterPrefixIsGrouped) {
  EdgeTableOptions options;
  options.v6_server_prefix_bits = 64;
  edges_ = std::make_unique<EdgeTable>(options, EdgeTimes{60 * kSecond, 3600 * kSecond}, 1, &bindings_);
  EXPECT_FALSE(edges_->KeyOf(Address(1), {*IpAddress::Parse("198.51.100.7"), 443}).is_server_prefix);
  EXPECT_TRUE(edges_->KeyOf(Address(1), {*IpAddress::Parse("2001:db8::7"), 443}).is_server_prefix);
}

TEST_F(EdgeTableTest, AServerOfAGroupIsNoService) {
  EdgeTableOptions options;
  options.v4_server_prefix_bits = 24;
  options.single_servers = {*IpNetwork::Parse("10.0.0.0/8")};
  edges_ = std::make_unique<EdgeTable>(options, EdgeTimes{60 * kSecond, 3600 * kSecond}, 1, &bindings_);
  const Endpoint server = {*IpAddress::Parse("198.51.100.7"), 443};
  const EdgeKey key = edges_->KeyOf(Address(1), server);
  EdgeTable::Slot slot = EdgeTable::kNone;
  edges_->Open(key, now_);
  edges_->Credit(&slot, key, /*is_open=*/true, {100}, now_);
  edges_->NoteService(slot, key, server);
  edges_->NoteService(slot, key, {*IpAddress::Parse("198.51.100.99"), 443});
  edges_->NoteService(slot, key, {*IpAddress::Parse("198.51.100.7"), 8443});  // a translation of the port
  edges_->NoteService(slot, key, {*IpAddress::Parse("10.96.0.1"), 443});
  std::vector<Endpoint> services;
  edges_->VisitExported([&](const EdgeKey&, const EdgeCounters&, const EdgeServices& of_edge, int64_t) {
    services.assign(of_edge.endpoints().begin(), of_edge.endpoints().end());
  });
  EXPECT_EQ(services,
            (std::vector<Endpoint>{{*IpAddress::Parse("198.51.100.7"), 8443}, {*IpAddress::Parse("10.96.0.1"), 443}}));
}

// Every amount is in exactly one account, and no counter falls, under traffic that changes all the time.
TEST_F(EdgeTableTest, EveryByteIsInOnePlaceAndNothingFallsWhateverComes) {
  std::mt19937 random(7);
  for (const int64_t window : {1, 7}) {
    Make(16, window);
    slots_.clear();
    sent_ = EdgeCounters();
    std::map<IpAddress, EdgeCounters> before;
    EdgeCounters other_before;
    EdgeCounters retired_before;
    int64_t opened = 0;
    for (int step = 0; step < 200000; ++step) {
      const uint32_t client = random() % (random() % 8 == 0 ? 20000 : 40) + static_cast<uint32_t>(step) / 20000 * 13;
      switch (random() % 16) {
        case 0:
          if (slots_.count(client) != 0) {
            edges_->Close(slots_[client], Key(client));
            if (random() % 2 == 0) edges_->CreditFailure(slots_[client], Key(client), EndReason::kRefused, now_);
            slots_.erase(client);
          }
          break;
        case 1:
          PassSeconds(1);
          break;
        default:
          opened += slots_.count(client) == 0 ? 1 : 0;
          Send(client, random() % 1500, random() % 2 == 0);
      }
      const EdgeCounters sum = Sum();
      ASSERT_EQ(sum.client_payload_bytes, sent_.client_payload_bytes);
      ASSERT_EQ(sum.server_payload_bytes, sent_.server_payload_bytes);
      ASSERT_EQ(sum.connections_opened, static_cast<uint64_t>(opened));
      ASSERT_EQ(sum.connections, static_cast<int64_t>(slots_.size()));
      const auto exported = Exported();
      ASSERT_LE(exported.size(), 16);
      for (const auto& [address, counters] : exported) {
        ASSERT_GE(counters.connections, 0);
        const auto old = before.find(address);
        if (old == before.end()) continue;
        ASSERT_GE(counters.client_payload_bytes, old->second.client_payload_bytes);
        ASSERT_GE(counters.connections_refused, old->second.connections_refused);
      }
      ASSERT_GE(edges_->other().client_payload_bytes, other_before.client_payload_bytes);
      ASSERT_GE(edges_->retired().client_payload_bytes, retired_before.client_payload_bytes);
      before = exported;
      other_before = edges_->other();
      retired_before = edges_->retired();
    }
    EXPECT_GT(edges_->retired_edges(), 0);
  }
}

// Each delay is in the distributions of exactly one account, and no bucket falls, while edges come and go.
TEST_F(EdgeTableTest, EveryDelayIsInOneDistributionAndNoBucketFalls) {
  std::mt19937 random(11);
  for (const int64_t window : {1, 7}) {
    Make(16, window);
    slots_.clear();
    EdgeDistributions all;
    std::map<std::pair<IpAddress, int64_t>, EdgeDistributions> before;
    EdgeDistributions other_before;
    for (int step = 0; step < 60000; ++step) {
      const uint32_t client = random() % (random() % 8 == 0 ? 20000 : 40) + static_cast<uint32_t>(step) / 20000 * 13;
      if (random() % 16 == 0) PassSeconds(1);
      Send(client, 1 + random() % 1500);
      // Most delays of a client are similar. Some are extreme, so that scales fall.
      const double seconds = random() % 1000 == 0 ? std::ldexp(1, static_cast<int>(random() % 60) - 30)
                                                  : 1e-4 * (1 + client % 1000) * (1 + random() % 64 / 64.0);
      if (random() % 4 == 0) {
        edges_->CreditHandshake(&slots_[client], Key(client), seconds);
        all.handshake_rtt_seconds.Observe(seconds);
      } else {
        CreditResponse(client, seconds);
        all.response_seconds.Observe(seconds);
      }
      if (step % 16 != 0) continue;
      ASSERT_TRUE(AreEqual(SumOfDistributions(*edges_), all));
      // By the edge and the time since when it has series: in the first window, an edge may begin again at once.
      std::map<std::pair<IpAddress, int64_t>, EdgeDistributions> now;
      edges_->VisitExported([&](const EdgeKey& key, const EdgeCounters& counters, const EdgeServices&, int64_t since) {
        const EdgeDistributions& values = now[{key.client, since}] = edges_->DistributionsOf(key);
        ASSERT_TRUE(CountsAgree(counters, values));
        if (const auto old = before.find({key.client, since}); old != before.end()) {
          ASSERT_TRUE(OnlyGrew(old->second, values));
        }
      });
      ASSERT_FALSE(HasFailure());
      const EdgeDistributions other = edges_->other_distributions();
      ASSERT_TRUE(CountsAgree(edges_->other(), other));
      ASSERT_TRUE(CountsAgree(edges_->retired(), edges_->retired_distributions()));
      ASSERT_TRUE(OnlyGrew(other_before, other));
      std::vector<WorkloadAccount> accounts;
      edges_->AppendWorkloads(&accounts);
      EdgeDistributions of_workloads;
      for (const WorkloadAccount& account : accounts) {
        ASSERT_TRUE(CountsAgree(account.counters, account.distributions));
        AddEdgeDistributions(account.distributions, &of_workloads);
      }
      ASSERT_TRUE(AreEqual(of_workloads, all));
      before = std::move(now);
      other_before = other;
    }
    EXPECT_GT(edges_->retired_edges(), 0);
  }
}

// A million clients, twenty of them heavy.
TEST_F(EdgeTableTest, TheHeaviestAreExportedAmongAMillionOthers) {
  Make(100, 60);
  std::mt19937 random(11);
  for (int i = 0; i < 2000000; ++i) {
    const bool heavy = random() % 20 == 0;
    const uint32_t client = heavy ? random() % 20 : 1000 + random() % 1000000;
    EdgeTable::Slot slot = EdgeTable::kNone;
    edges_->Open(Key(client), now_);
    edges_->Credit(&slot, Key(client), /*is_open=*/true, {1000}, now_);
    edges_->Close(slot, Key(client));
    if (i % 100000 == 0) PassSeconds(1);
  }
  PassSeconds(1);
  const auto exported = Exported();
  for (uint32_t client = 0; client < 20; ++client) EXPECT_EQ(exported.count(Address(client)), 1) << client;
}

TEST_F(EdgeTableTest, TellsSinceWhenAnEdgeHasSeries) {
  Make(4, 10);
  Send(1, 1);
  PassSeconds(20);
  Send(2, 100);
  PassSeconds(1);
  const int64_t announced = now_;
  PassSeconds(15);  // long enough to be admitted
  int64_t since = 0;
  edges_->VisitExported([&](const EdgeKey& key, const EdgeCounters&, const EdgeServices&, int64_t since_ns) {
    if (key.client == Key(2).client) since = since_ns;
  });
  EXPECT_EQ(since, announced);
  EXPECT_EQ(edges_->new_edges(), 2u);
}

TEST_F(EdgeTableTest, AnEdgeKeepsTheFirstTwoServicesThatDifferFromItsServer) {
  Make(1, 10);
  Send(1, 100);
  EXPECT_EQ(ServicePorts(1), (std::vector<uint16_t>{}));
  NoteService(1, Key(1).server);
  EXPECT_EQ(ServicePorts(1), (std::vector<uint16_t>{})) << "the server's own address is no service";
  NoteService(1, {Key(1).server.address, 30443});
  NoteService(1, {Address(7), 443});
  NoteService(1, {Key(1).server.address, 30443});
  NoteService(1, {Address(8), 80});
  EXPECT_EQ(ServicePorts(1), (std::vector<uint16_t>{30443, 443}));
}

TEST_F(EdgeTableTest, AServiceOfAnEdgeThatIsNotWatchedIsIgnored) {
  Make(1, 10);
  Send(1, 100);
  edges_->NoteService(EdgeTable::kNone, Key(1), {Address(7), 1});
  edges_->NoteService(slots_[1], Key(2), {Address(7), 2});  // a connection whose edge lost the slot to this one
  EXPECT_EQ(ServicePorts(1), (std::vector<uint16_t>{}));
}

TEST_F(EdgeTableTest, AnEdgeForgetsItsServicesWithItsSlot) {
  Make(1, 10);
  Send(1, 100);
  PassSeconds(20);
  NoteService(1, {Address(7), 1});
  PassSeconds(200);  // idle, so the series end
  EXPECT_TRUE(Exported().empty());
  const EdgeTable::Slot slot = slots_[1];
  // Heavier edges take all slots.
  for (uint32_t client = 2; client < 10000; ++client) Send(client, 1000000);
  uint32_t heir = 0;
  for (const auto& [client, taken] : slots_) {
    if (client != 1 && taken == slot) heir = client;
  }
  ASSERT_NE(heir, 0) << "no edge took the slot";
  Send(heir, 1000000000);
  PassSeconds(25);
  ASSERT_EQ(slots_[heir], slot) << "another edge took the slot since";
  ASSERT_EQ(Exported().count(Address(heir)), 1);
  EXPECT_EQ(ServicePorts(heir), (std::vector<uint16_t>{}));
}

TEST_F(EdgeTableTest, WhatAHeldEdgeIsCreditedWithIsTheSameWithoutAKey) {
  Make(1, 10);
  const Endpoint server = {Address(0xffffff), 443};
  Send(1, 100);  // admitted at once
  Send(2, 100);  // not admitted
  for (const uint32_t client : {1, 2}) {
    EXPECT_TRUE(edges_->CreditHeld(slots_[client], Address(client), server, {}, {10, 0, 1, 0, 1}, now_));
    EXPECT_FALSE(edges_->CreditHeld(slots_[client], Address(3 - client), server, {}, {10}, now_));
    EXPECT_FALSE(edges_->CreditHeld(slots_[client], Address(client), {server.address, 80}, {}, {10}, now_));
    EXPECT_FALSE(edges_->CreditHeld(EdgeTable::kNone, Address(client), server, {}, {10}, now_));
  }
  EXPECT_EQ(Exported()[Address(1)].client_payload_bytes, 110u);
  EXPECT_EQ(Exported()[Address(1)].segments, 2u);
  EXPECT_EQ(Exported()[Address(1)].out_of_order_segments, 1u);
  EXPECT_EQ(edges_->other().client_payload_bytes, 110u);
}

TEST_F(EdgeTableTest, AnEdgeOfAPrefixIsCreditedByItsKeyAlone) {
  EdgeTableOptions options;
  options.v4_prefix_bits = 24;
  edges_ = std::make_unique<EdgeTable>(options, EdgeTimes{60 * kSecond, 3600 * kSecond}, 1, &bindings_);
  Send(256, 100);
  EXPECT_FALSE(edges_->CreditHeld(slots_[256], Address(256), {Address(0xffffff), 443}, {}, {10}, now_))
      << "the first address of the prefix";
}

}  // namespace
}  // namespace tcpgauge
