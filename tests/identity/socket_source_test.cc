// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's report of sockets that the test opens.
#include "src/identity/socket_source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "src/naming/identity_pool.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

// A listening socket on 127.0.0.1 with one connection that it has not accepted.
class SocketSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(bind(listener_, generic, size), 0);
    ASSERT_EQ(getsockname(listener_, generic, &size), 0);
    ASSERT_EQ(listen(listener_, 5), 0);
    ASSERT_EQ(connect(client_, generic, size), 0);
    server_port_ = ntohs(address.sin_port);
    ASSERT_EQ(getsockname(client_, generic, &size), 0);
    client_port_ = ntohs(address.sin_port);
  }
  void TearDown() override {
    close(client_);
    close(listener_);
  }
  Endpoint At(uint16_t port) const { return {*IpAddress::Parse("127.0.0.1"), port}; }

  const int listener_ = socket(AF_INET, SOCK_STREAM, 0);
  const int client_ = socket(AF_INET, SOCK_STREAM, 0);
  uint16_t server_port_ = 0;
  uint16_t client_port_ = 0;
  HandMovedClock clock_;
};

TEST_F(SocketSourceTest, NamesSocketsByTheirControlGroups) {
  SocketSource source(clock_);
  IdentityPool pool;
  IdentityDraft draft(100000, &pool);
  source.AddTo(&draft);
  if (!source.is_up()) GTEST_SKIP() << "the kernel does not tell control groups";
  // All groups are one unit's: the test cannot know which one is its own.
  for (const uint64_t id : draft.GroupIds()) draft.AddGroup(id, {"", "", "test.service"});
  IdentityDraft::Recent recent;
  const auto map = draft.Finish(&recent, 0);
  ASSERT_NE(map->Find(At(client_port_)), nullptr);
  EXPECT_EQ(map->Find(At(client_port_))->identity.workload, "test.service");
  ASSERT_NE(map->Find(At(server_port_)), nullptr);
  EXPECT_EQ(map->Find(At(server_port_))->identity.workload, "test.service");
  EXPECT_TRUE(map->IsLocal(At(0).address));
  EXPECT_EQ(map->sockets_read_ns, clock_.WallNanoseconds());
}

TEST_F(SocketSourceTest, KeepsTheAddressesThatTheKernelDoesNotTellNow) {
  std::optional<std::vector<IpAddress>> addresses = std::vector<IpAddress>{*IpAddress::Parse("192.0.2.1")};
  SocketSource source(clock_, [&] { return addresses; });
  IdentityPool pool;
  IdentityDraft::Recent recent;
  const auto shared = [&] {
    IdentityDraft draft(100000, &pool);
    source.AddTo(&draft);
    return draft.Finish(&recent, 0)->shared_addresses;
  };
  EXPECT_TRUE(shared().contains(*IpAddress::Parse("192.0.2.1")));
  addresses.reset();
  EXPECT_TRUE(shared().contains(*IpAddress::Parse("192.0.2.1")));
  addresses.emplace();
  EXPECT_TRUE(shared().empty()) << "there are none";
}

TEST_F(SocketSourceTest, TellsTheQueueOfAListener) {
  SocketSource source(clock_);
  IdentityPool pool;
  IdentityDraft draft(100000, &pool);
  source.AddTo(&draft);
  IdentityDraft::Recent recent;
  const auto map = draft.Finish(&recent, 0);
  const auto queue = std::find_if(map->listener_queues.begin(), map->listener_queues.end(),
                                  [&](const ListenerQueue& i) { return i.endpoint == At(server_port_); });
  ASSERT_NE(queue, map->listener_queues.end());
  EXPECT_EQ(queue->connections, 1u);
  EXPECT_EQ(queue->limit, 5u);
  EXPECT_EQ(queue->dropped, 0u);
}

}  // namespace
}  // namespace tcpgauge
