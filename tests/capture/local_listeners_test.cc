// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's report of sockets that the tests open.
#include "src/capture/local_listeners.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

const uint8_t kLoopback4[4] = {127, 0, 0, 1};
const uint8_t kLoopback6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

// A TCP socket on a port that the kernel chooses.
class BoundSocket {
 public:
  template <typename Address>
  explicit BoundSocket(Address address)
      : fd_(socket(reinterpret_cast<sockaddr*>(&address)->sa_family, SOCK_STREAM, 0)) {
    socklen_t size = sizeof(address);
    ok_ = bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
          getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    port_ = ntohs(reinterpret_cast<sockaddr_in*>(&address)
                      ->sin_port);  // sockaddr_in and sockaddr_in6 have the port at the same offset
  }
  ~BoundSocket() { close(fd_); }
  bool ok() const { return ok_; }
  void Listen() { ASSERT_EQ(listen(fd_, 1), 0); }
  uint16_t port() const { return port_; }

 private:
  const int fd_;
  bool ok_ = false;
  uint16_t port_ = 0;
};

sockaddr_in V4(uint32_t address) {
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(address);
  return v4;
}

sockaddr_in6 V6(const in6_addr& address) {
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = address;
  return v6;
}

TEST(LocalListenerReader, TellsWhatListensOnAnAddress) {
  BoundSocket socket(V4(INADDR_LOOPBACK));
  ASSERT_TRUE(socket.ok());
  LocalListenerReader reader;
  ASSERT_TRUE(reader.ok());
  const Endpoint endpoint{IpAddress::FromV4(kLoopback4), socket.port()};
  EXPECT_FALSE(reader.Read().endpoints.contains(endpoint)) << "does not listen yet";
  socket.Listen();
  const LocalListeners listeners = reader.Read();
  EXPECT_TRUE(listeners.endpoints.contains(endpoint));
  EXPECT_FALSE(listeners.wildcard_ports.contains(socket.port()));
  EXPECT_TRUE(listeners.addresses.contains(endpoint.address));
}

TEST(LocalListenerReader, TellsWhatListensOnAllAddresses) {
  BoundSocket socket(V4(INADDR_ANY));
  ASSERT_TRUE(socket.ok());
  socket.Listen();
  LocalListenerReader reader;
  const LocalListeners listeners = reader.Read();
  EXPECT_TRUE(listeners.wildcard_ports.contains(socket.port()));
  EXPECT_TRUE(listeners.Contains({IpAddress::FromV4(kLoopback4), socket.port()}));
}

TEST(LocalListenerReader, TellsWhatListensOnIpv6) {
  BoundSocket one(V6(in6addr_loopback));
  if (!one.ok()) GTEST_SKIP() << "no IPv6 on the loopback interface";
  one.Listen();
  BoundSocket all(V6(in6addr_any));
  ASSERT_TRUE(all.ok());
  all.Listen();
  LocalListenerReader reader;
  const LocalListeners listeners = reader.Read();
  EXPECT_TRUE(listeners.endpoints.contains({IpAddress::FromV6(kLoopback6), one.port()}));
  EXPECT_TRUE(listeners.wildcard_ports.contains(all.port()));
}

}  // namespace
}  // namespace tcpgauge
