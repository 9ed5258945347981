// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_draft.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

const char kUid[] = "8d3a1c9e-40b1-4b52-a4d5-1d0b6a2f6a11";
const char kOtherUid[] = "00000000-40b1-4b52-a4d5-1d0b6a2f6a11";
const std::string kId(64, 'a');
const std::string kPauseId(64, 'b');

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }
Endpoint At(const char* address, uint16_t port) { return {Address(address), port}; }

EndIdentity Pod(const char* pod, const char* workload, const char* kind, bool is_guess) {
  EndIdentity identity;
  identity.namespace_name = "shop";
  identity.pod = pod;
  identity.workload = workload;
  identity.workload_kind = kind;
  identity.is_guess = is_guess;
  return identity;
}

EndIdentity FromLog(const char* pod, const char* workload, const char* container) {
  EndIdentity identity = Pod(pod, workload, "Deployment", true);
  identity.container = container;
  return identity;
}

ListenerQueue Queue(const Endpoint& endpoint, uint64_t connections) {
  ListenerQueue queue;
  queue.endpoint = endpoint;
  queue.connections = connections;
  queue.limit = 128;
  return queue;
}

class IdentityDraftTest : public testing::Test {
 protected:
  std::shared_ptr<IdentityMap> Finish() { return draft_->Finish(&recent_, now_ns_); }
  // Begins another round.
  IdentityDraft& Next(int64_t seconds_later = 5) {
    now_ns_ += seconds_later * kNanosecondsPerSecond;
    draft_ = std::make_unique<IdentityDraft>(100, &pool_);
    return *draft_;
  }
  // "NAMESPACE/WORKLOAD/POD", or "" if the end is unknown.
  static std::string Name(const IdentityMap& map, const Endpoint& endpoint) {
    const IdentityRef ref = map.Find(endpoint);
    if (ref == nullptr) return "";
    const EndIdentity& identity = ref->identity;
    return std::string(identity.namespace_name) + "/" + std::string(identity.workload) + "/" +
           std::string(identity.pod);
  }

  // Adds sockets of the host's shared address, with the ports from 40001.
  void AddSockets(uint16_t count, uint64_t group_id) {
    draft_->AddSharedAddress(Address("192.0.2.1"));
    for (uint16_t i = 1; i <= count; ++i) draft_->AddSocket(At("192.0.2.1", 40000 + i), group_id, i);
  }
  // Adds the addresses of pods, from 10.42.0.1.
  void AddPodAddresses(uint8_t count) {
    for (uint8_t i = 1; i <= count; ++i) {
      const std::string number = std::to_string(i);
      draft_->AddAddress(Address(("10.42.0." + number).c_str()),
                         Pod(("web-" + number).c_str(), "web", "StatefulSet", false));
    }
  }

  IdentityPool pool_;
  IdentityDraft::Recent recent_;
  int64_t now_ns_ = 0;
  std::unique_ptr<IdentityDraft> draft_ = std::make_unique<IdentityDraft>(100, &pool_);
};

TEST_F(IdentityDraftTest, CutsTheIdOfAContainerButNotItsName) {
  const std::string long_name(64, 'x');
  const std::string decimal_id(64, '7');
  const char* const addresses[] = {"172.17.0.2", "172.17.0.3", "172.17.0.4", "172.17.0.5", "172.17.0.6"};
  const std::string ids[] = {kId, decimal_id, "database-primary", "feedfacefeedface", long_name};
  const std::string shown[] = {"aaaaaaaaaaaa", "777777777777", "database-primary", "feedfacefeedface", long_name};
  for (size_t i = 0; i < 5; ++i) draft_->AddAddressOf({"", ids[i], ""}, Address(addresses[i]));
  const auto map = Finish();
  for (size_t i = 0; i < 5; ++i) {
    const EndIdentity& identity = map->addresses.at(Address(addresses[i]))->identity;
    EXPECT_EQ(identity.workload, shown[i]);
    EXPECT_EQ(identity.container, shown[i]);
  }
}

TEST_F(IdentityDraftTest, NamesThePodOfAnAddressByTheLogOfOneOfItsContainers) {
  draft_->AddAddressOf({kUid, kPauseId, ""}, Address("10.42.0.7"));
  draft_->AddOwner({kUid, kId, ""}, "nginx");
  draft_->AddContainer(kId, FromLog("web-7d4b9c8f6d-x2k9p", "web", "nginx"));
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("10.42.0.7", 40000)), "shop/web/web-7d4b9c8f6d-x2k9p");
  EXPECT_EQ(map->addresses.at(Address("10.42.0.7"))->identity.container, "") << "a pod has several containers";
  EXPECT_TRUE(map->IsLocal(Address("10.42.0.7")));
  EXPECT_FALSE(map->IsLocal(Address("10.42.0.8")));
}

TEST_F(IdentityDraftTest, TakesTheWorkloadOfTheApiInsteadOfAGuess) {
  draft_->AddAddressOf({kUid, kId, ""}, Address("10.42.0.7"));
  draft_->AddOwner({kUid, kId, ""}, "");
  draft_->AddContainer(kId, FromLog("web-7d4b9c8f6d-x2k9p", "web", "nginx"));
  draft_->AddPod(kUid, Pod("web-7d4b9c8f6d-x2k9p", "web-7d4b9c8f6d", "Rollout", false));
  const auto map = Finish();
  const EndIdentity& identity = map->addresses.at(Address("10.42.0.7"))->identity;
  EXPECT_EQ(identity.workload, "web-7d4b9c8f6d");
  EXPECT_EQ(identity.workload_kind, "Rollout");
  EXPECT_FALSE(identity.is_guess);
}

TEST_F(IdentityDraftTest, TakesTheWorkloadThatTheApiHasForTheAddressOfTheSamePod) {
  draft_->AddAddressOf({kUid, kId, ""}, Address("10.42.0.7"));
  draft_->AddOwner({kUid, kId, ""}, "");
  draft_->AddContainer(kId, FromLog("web-7d4b9c8f6d-x2k9p", "web", "nginx"));
  draft_->AddAddress(Address("10.42.0.7"), Pod("web-7d4b9c8f6d-x2k9p", "web-7d4b9c8f6d", "Rollout", false));
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("10.42.0.7", 80)), "shop/web-7d4b9c8f6d/web-7d4b9c8f6d-x2k9p");
  EXPECT_FALSE(map->addresses.at(Address("10.42.0.7"))->identity.is_guess);
}

TEST_F(IdentityDraftTest, BelievesARunningProcessMoreThanALateApi) {
  draft_->AddAddress(Address("10.42.0.7"), Pod("old-0", "old", "StatefulSet", false));
  draft_->AddEndpoint(At("10.42.0.7", 80), Pod("old-0", "old", "StatefulSet", false));
  draft_->AddAddressOf({kUid, kId, ""}, Address("10.42.0.7"));
  draft_->AddOwner({kUid, kId, ""}, "");
  draft_->AddContainer(kId, FromLog("new-0", "new", "app"));
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("10.42.0.7", 4000)), "shop/new/new-0");
  EXPECT_EQ(Name(*map, At("10.42.0.7", 80)), "shop/new/new-0");
}

TEST_F(IdentityDraftTest, LeavesAnAddressOfAPodWithoutANameUnknown) {
  draft_->AddAddress(Address("10.42.0.7"), Pod("old-0", "old", "StatefulSet", false));
  draft_->AddAddressOf({kUid, kId, ""}, Address("10.42.0.7"));
  EXPECT_EQ(Name(*Finish(), At("10.42.0.7", 80)), "");
}

TEST_F(IdentityDraftTest, LeavesAnAddressOfTwoOwnersUnknown) {
  draft_->AddAddressOf({"", kId, ""}, Address("172.17.0.2"));
  draft_->AddAddressOf({"", kPauseId, ""}, Address("172.17.0.2"));
  draft_->AddAddress(Address("10.42.0.7"), Pod("a-0", "a", "StatefulSet", false));
  draft_->AddAddress(Address("10.42.0.7"), Pod("b-0", "b", "StatefulSet", false));
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("172.17.0.2", 80)), "");
  EXPECT_EQ(Name(*map, At("10.42.0.7", 80)), "");
  EXPECT_TRUE(map->IsLocal(Address("172.17.0.2")));
}

TEST_F(IdentityDraftTest, NamesSocketsOfASharedAddressByTheirControlGroups) {
  draft_->AddSharedAddress(Address("192.0.2.1"));
  draft_->AddListener(Queue(At("0.0.0.0", 443), 3), 11);
  draft_->AddListener(Queue(At("192.0.2.1", 5432), 0), 12);
  draft_->AddSocket(At("192.0.2.1", 40001), 12, 1);
  draft_->AddSocket(At("192.0.2.1", 40002), 13, 2);
  draft_->AddSocket(At("192.0.2.1", 443), 13, 3);  // accepted; the listener stands for it
  draft_->AddGroup(11, {"", "", "nginx.service"});
  draft_->AddGroup(12, {"", kId, ""});
  draft_->AddGroup(13, {kUid, kPauseId, ""});
  draft_->AddContainer(kPauseId, FromLog("agent-x8v2m", "agent", "agent"));
  draft_->SetSocketsReadTime(77);
  EXPECT_EQ(draft_->GroupIds().size(), 3u);
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("192.0.2.1", 443)), "/nginx.service/");
  EXPECT_EQ(Name(*map, At("192.0.2.1", 5432)), "/aaaaaaaaaaaa/");
  EXPECT_EQ(Name(*map, At("192.0.2.1", 40001)), "/aaaaaaaaaaaa/");
  EXPECT_EQ(Name(*map, At("192.0.2.1", 40002)), "shop/agent/agent-x8v2m");
  EXPECT_EQ(Name(*map, At("192.0.2.1", 40003)), "");
  EXPECT_EQ(Name(*map, At("192.0.2.9", 443)), "") << "not an address of this node";
  EXPECT_EQ(map->sockets_read_ns, 77);
  ASSERT_EQ(map->listener_queues.size(), 2u);
  for (const ListenerQueue& queue : map->listener_queues) EXPECT_NE(queue.identity, nullptr);
}

TEST_F(IdentityDraftTest, LeavesAnEndpointOfTwoOwnersUnknown) {
  draft_->AddSharedAddress(Address("192.0.2.1"));
  draft_->AddSocket(At("192.0.2.1", 40001), 11, 1);
  draft_->AddSocket(At("192.0.2.1", 40001), 12, 2);
  draft_->AddSocket(At("192.0.2.1", 40002), 11, 3);
  draft_->AddSocket(At("192.0.2.1", 40002), 13, 4);
  draft_->AddGroup(11, {"", "", "a.service"});
  draft_->AddGroup(12, {"", "", "b.service"});
  draft_->AddGroup(13, {"", "", "a.service"});
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("192.0.2.1", 40001)), "");
  EXPECT_EQ(Name(*map, At("192.0.2.1", 40002)), "/a.service/") << "two groups of one unit";
}

TEST_F(IdentityDraftTest, AddsUpTheQueuesOfAnEndpoint) {
  draft_->AddListener(Queue(At("::", 80), 3), 11);
  draft_->AddListener(Queue(At("::", 80), 4), 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  const auto map = Finish();
  ASSERT_EQ(map->listener_queues.size(), 1u);
  EXPECT_EQ(map->listener_queues[0].connections, 7u);
  EXPECT_EQ(map->listener_queues[0].limit, 256u);
}

TEST_F(IdentityDraftTest, TellsTheOwnersOfListenersApart) {
  for (const uint64_t group : {11, 12}) draft_->AddListener(Queue(At("::", 80), 0), group);
  for (const uint64_t group : {12, 11}) draft_->AddListener(Queue(At("::", 81), 0), group);
  draft_->AddListener(Queue(At("::", 82), 0), 11);
  draft_->AddListener(Queue(At("::", 83), 0), 12);
  std::map<uint16_t, uint64_t> owners;
  for (const ListenerQueue& queue : Finish()->listener_queues) owners[queue.endpoint.port] = queue.owners;
  EXPECT_EQ(owners[80], owners[81]) << "the kernel reports them in no lasting order";
  EXPECT_EQ(std::set<uint64_t>({owners[80], owners[82], owners[83]}).size(), 3u);
}

TEST_F(IdentityDraftTest, AListenerKeepsItsPlaceWhileItExists) {
  const auto ports = [](const IdentityMap& map) {
    std::vector<uint16_t> found;
    for (const ListenerQueue& queue : map.listener_queues) found.push_back(queue.endpoint.port);
    return found;
  };
  draft_->AddListener(Queue(At("::", 80), 1), 11);
  draft_->AddListener(Queue(At("::", 81), 9), 11);
  EXPECT_EQ(ports(*Finish()), (std::vector<uint16_t>{81, 80})) << "the fullest first";
  IdentityDraft& second = Next();
  second.AddListener(Queue(At("::", 82), 50), 11);
  second.AddListener(Queue(At("::", 80), 20), 11);
  second.AddListener(Queue(At("::", 81), 0), 11);
  EXPECT_EQ(ports(*Finish()), (std::vector<uint16_t>{81, 80, 82}));
  IdentityDraft& third = Next();
  third.AddListener(Queue(At("::", 82), 50), 11);
  third.AddListener(Queue(At("::", 80), 20), 11);
  EXPECT_EQ(ports(*Finish()), (std::vector<uint16_t>{80, 82}));
  IdentityDraft& fourth = Next();
  fourth.AddListener(Queue(At("::", 81), 99), 11);
  fourth.AddListener(Queue(At("::", 80), 20), 11);
  EXPECT_EQ(ports(*Finish()), (std::vector<uint16_t>{80, 81})) << "it had ended, so it is a new one";
}

TEST_F(IdentityDraftTest, AListenerOnAllAddressesDoesNotNameAnUnknownOneOnItsPort) {
  draft_->AddSharedAddress(Address("127.0.0.1"));
  draft_->AddListener(Queue(At("0.0.0.0", 53), 0), 11);
  draft_->AddListener(Queue(At("127.0.0.1", 53), 0), 12);
  draft_->AddListener(Queue(At("0.0.0.0", 80), 0), 11);
  draft_->AddListener(Queue(At("::", 80), 0), 13);
  draft_->AddGroup(11, {"", "", "a.service"});
  draft_->AddGroup(12, {});
  draft_->AddGroup(13, {"", "", "b.service"});
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("127.0.0.1", 53)), "");
  EXPECT_EQ(Name(*map, At("127.0.0.1", 80)), "");
}

TEST_F(IdentityDraftTest, AddsTheServiceToThePodOfAnEndpoint) {
  EndIdentity slice = Pod("web-0", "web", "StatefulSet", true);
  slice.service = "web";
  slice.zone = "z1";
  draft_->AddAddress(Address("10.42.0.7"), Pod("web-0", "web-exact", "Custom", false));
  draft_->AddEndpoint(At("10.42.0.7", 80), slice);
  slice.service = "web-headless";
  draft_->AddEndpoint(At("10.42.0.7", 80), slice);
  slice.pod = "";
  slice.workload = "";
  draft_->AddEndpoint(At("10.96.0.1", 443), slice);
  const auto map = Finish();
  const EndIdentity& identity = map->Find(At("10.42.0.7", 80))->identity;
  EXPECT_EQ(identity.workload, "web-exact");
  EXPECT_EQ(identity.service, "web") << "the one that sorts first";
  EXPECT_EQ(identity.zone, "z1");
  EXPECT_EQ(map->Find(At("10.42.0.7", 81))->identity.service, "");
  EXPECT_EQ(map->Find(At("10.96.0.1", 443))->identity.service, "web-headless");
}

TEST_F(IdentityDraftTest, AddsTheServiceToAListenerOfAHostNetworkPod) {
  EndIdentity slice = Pod("proxy-x8v2m", "proxy", "DaemonSet", true);
  slice.service = "proxy";
  draft_->AddSharedAddress(Address("192.0.2.1"));
  draft_->AddEndpoint(At("192.0.2.1", 80), slice);
  draft_->AddListener(Queue(At("0.0.0.0", 80), 0), 11);
  draft_->AddGroup(11, {kUid, kId, ""});
  draft_->AddContainer(kId, FromLog("proxy-x8v2m", "proxy", "envoy"));
  const auto map = Finish();
  const EndIdentity& identity = map->Find(At("192.0.2.1", 80))->identity;
  EXPECT_EQ(identity.service, "proxy");
  EXPECT_EQ(identity.container, "envoy");
}

TEST_F(IdentityDraftTest, ADeadAddressKeepsItsNameForTwoMinutes) {
  draft_->AddAddress(Address("10.42.0.7"), Pod("web-0", "web", "StatefulSet", false));
  draft_->AddEndpoint(At("10.42.9.9", 80), Pod("db-0", "db", "StatefulSet", false));
  Finish();
  Next(119);
  auto map = Finish();
  EXPECT_EQ(Name(*map, At("10.42.0.7", 80)), "shop/web/web-0");
  EXPECT_EQ(Name(*map, At("10.42.9.9", 80)), "shop/db/db-0");
  Next(1);
  map = Finish();
  EXPECT_EQ(Name(*map, At("10.42.0.7", 80)), "");
  EXPECT_EQ(Name(*map, At("10.42.9.9", 80)), "");
}

TEST_F(IdentityDraftTest, AnAddressWithANewOwnerLosesTheNameOfTheDeadOne) {
  draft_->AddAddressOf({kUid, kId, ""}, Address("10.42.0.7"));
  draft_->AddOwner({kUid, kId, ""}, "");
  draft_->AddContainer(kId, FromLog("web-0", "web", "app"));
  EXPECT_EQ(Name(*Finish(), At("10.42.0.7", 80)), "shop/web/web-0");
  Next().AddAddressOf({kOtherUid, kPauseId, ""}, Address("10.42.0.7"));
  EXPECT_EQ(Name(*Finish(), At("10.42.0.7", 80)), "");
  Next();
  EXPECT_EQ(Name(*Finish(), At("10.42.0.7", 80)), "") << "the old name does not come back";
}

TEST_F(IdentityDraftTest, ADeadSocketLosesItsNameAtOnce) {
  draft_->AddSharedAddress(Address("192.0.2.1"));
  draft_->AddSocket(At("192.0.2.1", 40001), 11, 1);
  draft_->AddGroup(11, {"", "", "a.service"});
  EXPECT_EQ(Name(*Finish(), At("192.0.2.1", 40001)), "/a.service/");
  Next().AddSharedAddress(Address("192.0.2.1"));
  EXPECT_EQ(Name(*Finish(), At("192.0.2.1", 40001)), "");
}

TEST_F(IdentityDraftTest, EmptiesWhatIsNoName) {
  draft_->AddPod(kUid, Pod("web\"0", "web 1", "StatefulSet", false));
  draft_->AddAddressOf({kUid, kId, ""}, Address("10.42.0.7"));
  draft_->AddAddressOf({"", "", "a\nb.service"}, Address("10.42.0.8"));
  draft_->AddAddress(Address("10.42.0.9"), Pod("web-0", "{web}", "StatefulSet", false));
  const auto map = Finish();
  EXPECT_EQ(map->Find(At("10.42.0.7", 80)), nullptr);
  EXPECT_EQ(map->Find(At("10.42.0.8", 80)), nullptr);
  EXPECT_EQ(Name(*map, At("10.42.0.9", 80)), "shop//web-0");
}

TEST_F(IdentityDraftTest, CountsWhatDoesNotFit) {
  draft_ = std::make_unique<IdentityDraft>(2, &pool_);
  draft_->AddAddress(Address("10.42.0.1"), Pod("a-0", "a", "StatefulSet", false));
  draft_->AddEndpoint(At("10.42.0.2", 80), Pod("b-0", "b", "StatefulSet", false));
  draft_->AddEndpoint(At("10.42.0.3", 80), Pod("c-0", "c", "StatefulSet", false));
  draft_->AddSocket(At("192.0.2.1", 40001), 11, 1);
  draft_->AddGroup(11, {"", "", "a.service"});
  const auto map = Finish();
  EXPECT_EQ(map->addresses.size() + map->endpoints.size(), 2u);
  EXPECT_EQ(draft_->overflows(), 2u);
  draft_ = std::make_unique<IdentityDraft>(2, &pool_);
  draft_->AddAddress(Address("10.42.0.7"), Pod("d-0", "d", "StatefulSet", false));
  EXPECT_EQ(Finish()->addresses.size() + Finish()->endpoints.size(), 2u) << "one of the two dead ones fits";
}

TEST_F(IdentityDraftTest, AFactThatIsKnownIsNoOverflow) {
  const EndIdentity pod = Pod("web-0", "web", "StatefulSet", false);
  const std::function<void(IdentityDraft*, uint32_t)> kinds[] = {
      [&](IdentityDraft* draft, uint32_t i) { draft->AddPod(std::to_string(i), pod); },
      [&](IdentityDraft* draft, uint32_t i) { draft->AddContainer(std::to_string(i), pod); },
      [&](IdentityDraft* draft, uint32_t i) { draft->AddPodOfLog(std::to_string(i), pod); },
      [](IdentityDraft* draft, uint32_t i) { draft->AddGroup(i + 1, {}); },
      [](IdentityDraft* draft, uint32_t i) {
        draft->AddOwner({"", std::to_string(i), ""}, "");
      },
      [](IdentityDraft* draft, uint32_t i) {
        const uint8_t address[4] = {10, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8),
                                    static_cast<uint8_t>(i)};
        draft->AddLocalAddress(IpAddress::FromV4(address));
      },
  };
  for (const auto& add : kinds) {
    Next();
    for (uint32_t i = 0; i < IdentityDraft::kMaxFacts; ++i) add(draft_.get(), i);
    for (const uint32_t known : {0, 1, 65535}) add(draft_.get(), known);
    EXPECT_EQ(draft_->overflows(), 0u) << &add - kinds;
    for (const uint32_t unknown : {70000, 70001}) add(draft_.get(), unknown);
    EXPECT_EQ(draft_->overflows(), 2u) << &add - kinds;
  }
}

TEST_F(IdentityDraftTest, SocketsTakeNoRoomOfAddresses) {
  draft_ = std::make_unique<IdentityDraft>(20, &pool_);
  AddSockets(30, 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  AddPodAddresses(10);
  const auto map = Finish();
  EXPECT_EQ(map->addresses.size(), 10u);
  EXPECT_EQ(map->endpoints.size(), 10u);
  EXPECT_EQ(draft_->overflows(), 20u) << "30 sockets, of which 10 fit";
}

TEST_F(IdentityDraftTest, SocketsTakeNoRoomOfListenersAndEndpointsOfTheApi) {
  draft_ = std::make_unique<IdentityDraft>(20, &pool_);
  AddSockets(30, 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  draft_->AddListener(Queue(At("192.0.2.1", 80), 0), 11);
  AddPodAddresses(14);
  for (uint16_t port = 1; port <= 5; ++port)
    draft_->AddEndpoint(At("10.96.0.1", port), Pod("db-0", "db", "StatefulSet", false));
  const auto map = Finish();
  EXPECT_EQ(map->addresses.size(), 14u);
  EXPECT_EQ(map->endpoints.size(), 6u);
  EXPECT_EQ(Name(*map, At("192.0.2.1", 80)), "/a.service/");
  EXPECT_EQ(Name(*map, At("10.96.0.1", 5)), "shop/db/db-0");
  EXPECT_EQ(draft_->overflows(), 30u);
}

TEST_F(IdentityDraftTest, PortsTakeRoomToo) {
  AddPodAddresses(15);
  Finish();
  Next();
  draft_ = std::make_unique<IdentityDraft>(20, &pool_);
  draft_->AddGroup(11, {"", "", "a.service"});
  for (uint16_t port = 1; port <= 8; ++port) draft_->AddListener(Queue(At("::", port), 0), 11);
  AddSockets(30, 11);
  const auto map = Finish();
  EXPECT_EQ(map->wildcard_ports.size(), 8u);
  EXPECT_EQ(map->addresses.size(), 12u) << "of the dead";
  EXPECT_EQ(map->named_ends(), 20u);
}

TEST_F(IdentityDraftTest, SocketsTakeNoRoomOfTheDead) {
  AddPodAddresses(12);
  Finish();
  Next();
  draft_ = std::make_unique<IdentityDraft>(20, &pool_);
  AddSockets(30, 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  const auto map = Finish();
  EXPECT_EQ(map->addresses.size(), 12u);
  EXPECT_EQ(map->endpoints.size(), 8u);
}

TEST_F(IdentityDraftTest, SocketsHaveAtMostHalfOfTheRoom) {
  draft_ = std::make_unique<IdentityDraft>(20, &pool_);
  AddSockets(11, 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  EXPECT_EQ(Finish()->endpoints.size(), 10u);
  EXPECT_EQ(draft_->overflows(), 1u);
}

TEST_F(IdentityDraftTest, SocketsOfUnknownGroupsTakeNoRoom) {
  draft_ = std::make_unique<IdentityDraft>(20, &pool_);
  AddSockets(10, 12);
  for (uint16_t port = 50001; port <= 50010; ++port) draft_->AddSocket(At("192.0.2.1", port), 11, port);
  draft_->AddGroup(11, {"", "", "a.service"});
  const auto map = Finish();
  EXPECT_EQ(Name(*map, At("192.0.2.1", 50001)), "/a.service/");
  EXPECT_EQ(Name(*map, At("192.0.2.1", 50010)), "/a.service/");
  EXPECT_EQ(draft_->overflows(), 0u);
}

TEST_F(IdentityDraftTest, TheSameSocketsHaveRoomInEachRound) {
  std::vector<decltype(IdentityMap::endpoints)> rounds;
  for (int round = 0; round < 3; ++round) {
    draft_ = std::make_unique<IdentityDraft>(100, &pool_);
    AddSockets(100, 11);
    draft_->AddGroup(11, {"", "", "a.service"});
    rounds.push_back(Finish()->endpoints);
    EXPECT_EQ(rounds.back().size(), 50u);
  }
  EXPECT_EQ(rounds[0], rounds[1]);
  EXPECT_EQ(rounds[0], rounds[2]);
}

TEST_F(IdentityDraftTest, ASocketHasItsOwnNameOnADeadEndpoint) {
  draft_->AddEndpoint(At("192.0.2.1", 40001), Pod("db-0", "db", "StatefulSet", false));
  Finish();
  Next();
  AddSockets(1, 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  EXPECT_EQ(Name(*Finish(), At("192.0.2.1", 40001)), "/a.service/");
}

TEST_F(IdentityDraftTest, ASocketContradictsALateEndpointOfTheApi) {
  draft_->AddEndpoint(At("192.0.2.1", 40001), Pod("db-0", "db", "StatefulSet", false));
  AddSockets(1, 11);
  draft_->AddGroup(11, {"", "", "a.service"});
  EXPECT_EQ(Name(*Finish(), At("192.0.2.1", 40001)), "/a.service/");
}

TEST_F(IdentityDraftTest, TheFingerprintTellsASocketFromItsPredecessor) {
  draft_->AddSocket(At("192.0.2.1", 40001), 11, 1);
  draft_->AddSocket(At("192.0.2.1", 40002), 11, 2);
  const uint64_t first = draft_->socket_fingerprint();
  IdentityDraft& again = Next();
  again.AddSocket(At("192.0.2.1", 40002), 11, 2);
  again.AddSocket(At("192.0.2.1", 40001), 11, 1);
  EXPECT_EQ(again.socket_fingerprint(), first);
  IdentityDraft& later = Next();
  later.AddSocket(At("192.0.2.1", 40001), 11, 3);
  later.AddSocket(At("192.0.2.1", 40002), 11, 2);
  EXPECT_NE(later.socket_fingerprint(), first);
}

}  // namespace
}  // namespace tcpgauge
