// SPDX-License-Identifier: Apache-2.0
#include "src/flow/name_finder.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/naming/listener_queue.h"
#include "tests/support/named_ends.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int64_t kReadNs = TestTime(100);

class NameFinderTest : public testing::Test {
 protected:
  NameFinderTest() { ends_.map().sockets_read_ns = kReadNs; }

  // Lets the finder have the map as it is now.
  void Set(int64_t sockets_read_ns = kReadNs) { finder_.Set(ends_.Take(), sockets_read_ns); }
  static std::string PodOf(const IdentityRef& identity) {
    return identity == nullptr ? "" : std::string(identity->identity.pod);
  }
  std::string Server(const std::string& server) { return PodOf(finder_.FindServer(At(server))); }
  // The client of a connection that began before the sockets were read, and is open.
  std::string Client(const std::string& client) { return Client(client, TestTime(99), TestTime(101)); }
  std::string Client(const std::string& client, int64_t begun_ns, int64_t now_ns) {
    return PodOf(finder_.FindClient(At(client), begun_ns, now_ns));
  }

  NamedEnds ends_;
  NameFinder finder_;
};

TEST_F(NameFinderTest, AnAddressOfItsOwnNamesBothKindsOfEndsAtOnce) {
  ends_.Give("10.0.0.1:0", "web-1");
  Set();
  EXPECT_EQ(Server("10.0.0.1:80"), "web-1");
  EXPECT_EQ(Client("10.0.0.1:40000", TestTime(200), TestTime(200)), "web-1");
  EXPECT_EQ(Server("10.0.0.2:80"), "");
}

TEST_F(NameFinderTest, AServerHasTheServiceOfItsPortAndAClientHasNone) {
  ends_.Give("10.0.0.1:0", "web-1");
  ends_.map().endpoints[At("10.0.0.1:80")] = ends_.InService("web-1", "shop-front");
  Set();
  EXPECT_EQ(finder_.FindServer(At("10.0.0.1:80"))->identity.service, "shop-front");
  EXPECT_EQ(finder_.FindServer(At("10.0.0.1:81"))->identity.service, "");
  EXPECT_EQ(finder_.FindClient(At("10.0.0.1:80"), 0, 0)->identity.service, "");
}

TEST_F(NameFinderTest, ASharedAddressNamesListeners) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().endpoints[At("10.0.0.9:5432")] = ends_.Identity("db");
  ends_.map().wildcard_ports[22] = ends_.Identity("ssh");
  Set();
  EXPECT_EQ(Server("10.0.0.9:5432"), "db");
  EXPECT_EQ(Server("10.0.0.9:22"), "ssh");
  EXPECT_EQ(Server("10.0.0.8:22"), "") << "not an address of this host";
}

TEST_F(NameFinderTest, AClientAtASharedAddressIsThatOfItsSocketOnlyIfItLivedWhenTheSocketsWereRead) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().endpoints[At("10.0.0.9:40000")] = ends_.Identity("cron");
  ends_.map().wildcard_ports[40001] = ends_.Identity("ssh");
  Set();
  EXPECT_EQ(Client("10.0.0.9:40000", TestTime(99), TestTime(101)), "cron");
  EXPECT_EQ(Client("10.0.0.9:40000", TestTime(100.5), TestTime(101)), "") << "began after the reading";
  EXPECT_EQ(Client("10.0.0.9:40000", kReadNs, TestTime(101)), "");
  EXPECT_EQ(Client("10.0.0.9:40000", TestTime(98), TestTime(99)), "") << "may end before the reading";
  EXPECT_EQ(Client("10.0.0.9:40000", INT64_MIN, TestTime(101)), "cron") << "began before the capture";
  EXPECT_EQ(Client("10.0.0.9:40001"), "") << "a listener is no client";
}

TEST_F(NameFinderTest, WithoutAReadingOfSocketsNoClientAtASharedAddressHasAName) {
  ends_.map().sockets_read_ns = 0;
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().endpoints[At("10.0.0.9:40000")] = ends_.Identity("cron");
  Set(/*sockets_read_ns=*/0);
  EXPECT_EQ(Client("10.0.0.9:40000", INT64_MIN, TestTime(101)), "");
  EXPECT_EQ(Client("10.0.0.9:40000", -5, TestTime(101)), "");
}

TEST_F(NameFinderTest, ALostNameOfAnAddressIsFoundWhileItIsUsed) {
  ends_.Give("10.0.0.1:0", "web-1");
  Set();
  IdentityRef used = finder_.FindServer(At("10.0.0.1:80"));
  ends_.Give("10.0.0.1:0", "");
  Set();
  EXPECT_EQ(Server("10.0.0.1:80"), "web-1");
  EXPECT_EQ(Client("10.0.0.1:4000"), "web-1");
  Set();
  EXPECT_EQ(Server("10.0.0.1:80"), "web-1") << "another map changes nothing";
  used = nullptr;
  Set();  // the pool forgets whom nobody uses
  EXPECT_EQ(Server("10.0.0.1:80"), "");
}

TEST_F(NameFinderTest, AnotherOwnerEndsALostName) {
  ends_.Give("10.0.0.1:0", "web-1");
  Set();
  const IdentityRef used = finder_.FindServer(At("10.0.0.1:80"));
  ends_.Give("10.0.0.1:0", "");
  Set();
  ends_.Give("10.0.0.1:0", "db-1");
  Set();
  EXPECT_EQ(Server("10.0.0.1:80"), "db-1");
  ends_.Give("10.0.0.1:0", "");
  Set();
  Set();  // the pool forgets whom nobody uses
  EXPECT_EQ(Server("10.0.0.1:80"), "") << "the last owner, whom nobody uses, is forgotten, and so is the one before";
}

TEST_F(NameFinderTest, APodThatIsNotReadyKeepsItsService) {
  ends_.Give("10.0.0.1:0", "web-1");
  ends_.map().endpoints[At("10.0.0.1:80")] = ends_.InService("web-1", "shop-front");
  Set();
  const IdentityRef used = finder_.FindServer(At("10.0.0.1:80"));
  ends_.map().endpoints.clear();
  Set();
  EXPECT_EQ(finder_.FindServer(At("10.0.0.1:80")), used);
  ends_.Give("10.0.0.1:0", "db-1");
  Set();
  EXPECT_EQ(Server("10.0.0.1:80"), "db-1") << "another pod never has the service of the one before";
}

TEST_F(NameFinderTest, AListenerThatRestartsKeepsItsNameAndAClientsPortDoesNot) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().endpoints[At("10.0.0.9:5432")] = ends_.Identity("db");
  ends_.map().endpoints[At("10.0.0.9:40000")] = ends_.Identity("cron");
  ends_.map().wildcard_ports[22] = ends_.Identity("ssh");
  ends_.map().listener_queues = {{At("10.0.0.9:5432"), ends_.Identity("db"), 0, 0, 0},
                                 {At("0.0.0.0:22"), ends_.Identity("ssh"), 0, 0, 0}};
  Set();
  const IdentityRef used[] = {ends_.Identity("db"), ends_.Identity("ssh"), ends_.Identity("cron")};
  ends_.map().endpoints.clear();
  ends_.map().wildcard_ports.clear();
  ends_.map().listener_queues.clear();
  Set();
  EXPECT_EQ(Server("10.0.0.9:5432"), "db");
  EXPECT_EQ(Server("10.0.0.9:22"), "ssh");
  EXPECT_EQ(Server("10.0.0.9:40000"), "");
  EXPECT_EQ(Client("10.0.0.9:40000"), "");
}

TEST_F(NameFinderTest, ALostListenerOnAllAddressesDoesNotNameAnotherOneOnItsPort) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().shared_addresses.insert(At("10.0.0.8:0").address);
  ends_.map().wildcard_ports[22] = ends_.Identity("ssh");
  ends_.map().listener_queues = {{At("0.0.0.0:22"), ends_.Identity("ssh"), 0, 0, 0}};
  Set();
  const IdentityRef used = ends_.Identity("ssh");
  ends_.map().wildcard_ports.clear();  // the port is ambiguous now
  ends_.map().listener_queues.push_back({At("10.0.0.9:22"), nullptr, 0, 0, 0});
  Set();
  EXPECT_EQ(Server("10.0.0.9:22"), "");
  EXPECT_EQ(Server("10.0.0.8:22"), "ssh");
}

TEST_F(NameFinderTest, OfSeveralListenersOnAllAddressesNoneNamesTheConnectionsOfAnother) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  const IdentityRef used[] = {ends_.Identity("web"), ends_.Identity("db")};
  for (const IdentityRef& second : {used[1], IdentityRef()}) {
    for (const auto& [first_address, second_address] : {std::pair("0.0.0.0", "[::]"), std::pair("[::]", "0.0.0.0")}) {
      ends_.map().wildcard_ports.clear();
      ends_.map().listener_queues = {{At(absl::StrCat(first_address, ":80")), used[0], 0, 0, 0, 11},
                                     {At(absl::StrCat(second_address, ":80")), second, 0, 0, 0, 12}};
      finder_ = NameFinder();
      for (int i = 0; i < 3; ++i) {
        Set();
        EXPECT_EQ(Server("10.0.0.9:80"), "");
      }
      ends_.map().wildcard_ports[80] = used[0];
      ends_.map().listener_queues.pop_back();
      Set();
      EXPECT_EQ(Server("10.0.0.9:80"), "web") << "the only one now";
      ends_.map().wildcard_ports.clear();
      ends_.map().listener_queues.push_back({At(absl::StrCat(second_address, ":80")), second, 0, 0, 0, 12});
      Set();
      EXPECT_EQ(Server("10.0.0.9:80"), "") << "the second one came";
    }
  }
}

TEST_F(NameFinderTest, ALostListenerDoesNotNameAnUnknownProgramThatHasItsEndpointNow) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  const IdentityRef used = ends_.Identity("web");
  for (const char* listener : {"10.0.0.9:80", "0.0.0.0:80", "[::]:80"}) {
    ends_.map().endpoints.clear();
    ends_.map().wildcard_ports.clear();
    ends_.map().listener_queues = {{At(listener), used, 0, 0, 0, 11}};
    if (IsOnAllAddresses(At(listener))) {
      ends_.map().wildcard_ports[80] = used;
    } else {
      ends_.map().endpoints[At(listener)] = used;
    }
    finder_ = NameFinder();
    Set();
    ends_.map().endpoints.clear();
    ends_.map().wildcard_ports.clear();
    ends_.map().listener_queues[0].identity = nullptr;  // a source is down for a moment
    Set();
    EXPECT_EQ(Server("10.0.0.9:80"), "web") << listener << ": the same control groups";
    ends_.map().listener_queues.clear();
    Set();
    EXPECT_EQ(Server("10.0.0.9:80"), "web") << listener << ": it restarts";
    ends_.map().listener_queues = {{At(listener), nullptr, 0, 0, 0, 12}};
    Set();
    EXPECT_EQ(Server("10.0.0.9:80"), "") << listener << ": another program";
    ends_.map().listener_queues.clear();
    Set();
    EXPECT_EQ(Server("10.0.0.9:80"), "") << listener << ": perhaps that program restarts";
  }
}

TEST_F(NameFinderTest, ALostListenerOnOneAddressDoesNotNameThoseOnAllAddresses) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  const IdentityRef used = ends_.Identity("web");
  ends_.map().endpoints[At("10.0.0.9:80")] = used;
  ends_.map().listener_queues = {{At("10.0.0.9:80"), used, 0, 0, 0, 11}, {At("[::]:80"), nullptr, 0, 0, 0, 12}};
  Set();
  EXPECT_EQ(Server("10.0.0.9:80"), "web");
  ends_.map().endpoints.clear();
  ends_.map().listener_queues.erase(ends_.map().listener_queues.begin());
  Set();
  EXPECT_EQ(Server("10.0.0.9:80"), "");
}

// The API names the port, and does not depend on the sockets.
TEST_F(NameFinderTest, AHostNetworkPodThatIsNotReadyKeepsItsServiceAlthoughItsListenerIsUnknown) {
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().endpoints[At("10.0.0.9:80")] = ends_.InService("web-1", "shop-front");
  ends_.map().listener_queues = {{At("[::]:80"), nullptr, 0, 0, 0, 12}};
  Set();
  const IdentityRef used = finder_.FindServer(At("10.0.0.9:80"));
  ends_.map().endpoints.clear();
  Set();
  EXPECT_EQ(finder_.FindServer(At("10.0.0.9:80")), used);
}

TEST_F(NameFinderTest, AListenerIsRememberedHoweverManyAddressesAreLost) {
  const IdentityRef used = ends_.Identity("web-1");
  ends_.map().shared_addresses.insert(At("10.0.0.9:0").address);
  ends_.map().endpoints[At("10.0.0.9:5432")] = used;
  ends_.map().listener_queues = {{At("10.0.0.9:5432"), used, 0, 0, 0}};
  for (uint32_t i = 0; i <= NameFinder::kMaxLost; ++i) {
    const uint8_t address[4] = {10, static_cast<uint8_t>(1 + (i >> 16)), static_cast<uint8_t>(i >> 8),
                                static_cast<uint8_t>(i)};
    ends_.map().addresses[IpAddress::FromV4(address)] = used;
  }
  Set();
  ends_.map().addresses.clear();
  ends_.map().endpoints.clear();
  ends_.map().listener_queues.clear();
  Set();
  EXPECT_EQ(Server("10.0.0.9:5432"), "web-1");
}

TEST_F(NameFinderTest, TakesFromTheMakerWhatAMapHasLost) {
  const IdentityRef lost = ends_.Identity("gone-1");
  Set();
  ends_.map().former = finder_.map();
  ends_.map().lost.addresses.emplace_back(At("10.0.0.1:0").address, lost);
  ends_.map().lost.servers.push_back({At("10.0.0.9:80"), lost});
  Set();
  EXPECT_EQ(Server("10.0.0.1:443"), "gone-1") << "the maps are not compared once more";
  EXPECT_EQ(Server("10.0.0.9:80"), "gone-1");
}

TEST_F(NameFinderTest, ComparesTheMapsItselfIfItMissedOne) {
  const IdentityRef used = ends_.Identity("web-1");
  ends_.Give("10.0.0.1:0", "web-1");
  Set();
  ends_.Give("10.0.0.1:0", "");
  const auto missed = ends_.Take();
  ends_.map().former = missed;
  Set();
  EXPECT_EQ(Server("10.0.0.1:80"), "web-1");
}

TEST_F(NameFinderTest, TellsWhichEndsAreLocal) {
  ends_.MakeLocal("10.0.0.1:0");
  ends_.MakeLocal("10.0.0.2:0");
  Set();
  const auto local = [this](const char* client, const char* server) {
    return finder_.Find(At(client), At(server), 0, 0).local_ends;
  };
  EXPECT_EQ(local("10.0.0.1:4000", "10.0.0.3:80"), Binding::kClientIsLocal);
  EXPECT_EQ(local("10.0.0.3:4000", "10.0.0.2:80"), Binding::kServerIsLocal);
  EXPECT_EQ(local("10.0.0.1:4000", "10.0.0.2:80"), Binding::kClientIsLocal | Binding::kServerIsLocal);
  EXPECT_EQ(local("10.0.0.4:4000", "10.0.0.3:80"), 0);
}

}  // namespace
}  // namespace tcpgauge
