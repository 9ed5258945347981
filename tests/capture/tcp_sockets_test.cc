// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's report of sockets that the tests open.
#include "src/capture/tcp_sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

const uint8_t kLoopback[4] = {127, 0, 0, 1};

// A listening socket on 127.0.0.1, and clients of it.
class Listener {
 public:
  explicit Listener(int backlog) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    ok_ = bind(fd_, Sockaddr(), size) == 0 && getsockname(fd_, Sockaddr(), &size) == 0 && listen(fd_, backlog) == 0;
  }
  ~Listener() {
    for (const int client : clients_) close(client);
    close(fd_);
  }
  bool ok() const { return ok_; }
  Endpoint endpoint() const { return {IpAddress::FromV4(kLoopback), ntohs(address_.sin_port)}; }
  // Returns the client's endpoint.
  std::optional<Endpoint> Connect() {
    clients_.push_back(socket(AF_INET, SOCK_STREAM, 0));
    if (connect(clients_.back(), Sockaddr(), sizeof(address_)) != 0) return std::nullopt;
    sockaddr_in own = {};
    socklen_t size = sizeof(own);
    if (getsockname(clients_.back(), reinterpret_cast<sockaddr*>(&own), &size) != 0) return std::nullopt;
    return Endpoint{IpAddress::FromV4(kLoopback), ntohs(own.sin_port)};
  }

 private:
  sockaddr* Sockaddr() { return reinterpret_cast<sockaddr*>(&address_); }

  const int fd_;
  bool ok_ = false;
  sockaddr_in address_ = {};
  std::vector<int> clients_;
};

std::optional<TcpSocket> FindListener(const Endpoint& endpoint) {
  TcpSocketReader reader;
  std::optional<TcpSocket> found;
  EXPECT_TRUE(reader.VisitListeners([&](const TcpSocket& socket) {
    if (socket.local == endpoint) found = socket;
  }));
  return found;
}

std::optional<TcpSocket> FindConnection(const Endpoint& endpoint) {
  TcpSocketReader reader;
  std::optional<TcpSocket> found;
  EXPECT_TRUE(reader.VisitConnections([&](const TcpSocket& socket) {
    if (socket.local == endpoint) found = socket;
  }));
  return found;
}

TEST(TcpSocketReader, TellsTheQueueOfAListener) {
  Listener listener(7);
  ASSERT_TRUE(listener.ok());
  ASSERT_TRUE(listener.Connect().has_value());
  ASSERT_TRUE(listener.Connect().has_value());
  const auto found = FindListener(listener.endpoint());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->receive_queue, 2u);
  EXPECT_EQ(found->send_queue, 7u);
  EXPECT_EQ(found->dropped_segments, 0u);
  EXPECT_FALSE(FindConnection(listener.endpoint()).has_value() &&
               FindConnection(listener.endpoint())->cookie == found->cookie);
}

TEST(TcpSocketReader, CountsTheSegmentsThatAFullQueueDrops) {
  Listener listener(0);  // room for one connection
  ASSERT_TRUE(listener.ok());
  ASSERT_TRUE(listener.Connect().has_value());
  const int late = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener.endpoint().port);
  ASSERT_EQ(connect(late, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), -1);
  ASSERT_EQ(errno, EINPROGRESS);
  const auto found = FindListener(listener.endpoint());
  close(late);
  ASSERT_TRUE(found.has_value());
  EXPECT_GE(found->dropped_segments, 1u);
}

TEST(TcpSocketReader, TellsASocketFromAnother) {
  Listener listener(7);
  ASSERT_TRUE(listener.ok());
  const auto first = listener.Connect();
  const auto second = listener.Connect();
  ASSERT_TRUE(first.has_value() && second.has_value());
  const auto found_first = FindConnection(*first);
  const auto found_second = FindConnection(*second);
  ASSERT_TRUE(found_first.has_value() && found_second.has_value());
  EXPECT_NE(found_first->cookie, found_second->cookie);
  EXPECT_EQ(FindConnection(*first)->cookie, found_first->cookie);
  EXPECT_EQ(found_first->group_id, found_second->group_id) << "both are of this process";
}

}  // namespace
}  // namespace tcpgauge
