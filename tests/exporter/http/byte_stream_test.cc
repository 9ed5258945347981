// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/byte_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

namespace tcpgauge {
namespace {

TEST(ByteStream, GivesASocketBackThatTheKernelDoesNotWatch) {
  boost::asio::io_context io;
  // The kernel lets an epoll watch an epoll, and so on, but only to a depth of five.
  int chain[5] = {};
  for (int& fd : chain) ASSERT_GE(fd = epoll_create1(EPOLL_CLOEXEC), 0);
  for (int i = 1; i < 5; ++i) {
    epoll_event event = {};
    event.events = EPOLLIN;
    ASSERT_EQ(epoll_ctl(chain[i], EPOLL_CTL_ADD, chain[i - 1], &event), 0);
  }
  EXPECT_EQ(ByteStream::Open(&io, chain[4], AF_INET, nullptr), nullptr);
  EXPECT_EQ(fcntl(chain[4], F_GETFD), -1) << "Open() has not closed it";
  for (int i = 0; i < 4; ++i) close(chain[i]);
}

TEST(ByteStream, KeepsASocketThatTheKernelWatches) {
  boost::asio::io_context io;
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
  EXPECT_NE(ByteStream::Open(&io, pair[0], AF_UNIX, nullptr), nullptr);
  close(pair[1]);
}

}  // namespace
}  // namespace tcpgauge
