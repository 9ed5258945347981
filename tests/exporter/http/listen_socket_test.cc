// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/listen_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/exporter/http/http_client.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

std::string Message(const std::string& address) {
  const absl::StatusOr<ListenSocket> socket = ListenSocket::Open(address);
  EXPECT_FALSE(socket.ok()) << address;
  return std::string(socket.status().message());
}

TEST(ListenSocket, ReportsThePortThatTheKernelChose) {
  const auto socket = ListenSocket::Open("127.0.0.1:0");
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_EQ(socket->bound_address().substr(0, 10), "127.0.0.1:");
  EXPECT_NE(socket->bound_address(), "127.0.0.1:0");
  EXPECT_TRUE(RawConnection("http://" + socket->bound_address()).is_connected());
}

TEST(ListenSocket, TakesIpv6InBrackets) {
  const auto socket = ListenSocket::Open("[::1]:0");
  if (socket.status().code() == absl::StatusCode::kNotFound) GTEST_SKIP() << "no IPv6 here: " << socket.status();
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_EQ(socket->bound_address().substr(0, 6), "[::1]:");
  EXPECT_TRUE(RawConnection("http://" + socket->bound_address()).is_connected());
}

TEST(ListenSocket, WithoutAHostTakesAllAddresses) {
  const auto socket = ListenSocket::Open(":0");
  ASSERT_TRUE(socket.ok()) << socket.status();
  const std::string port = socket->bound_address().substr(socket->bound_address().rfind(':'));
  EXPECT_TRUE(RawConnection("http://127.0.0.1" + port).is_connected()) << socket->bound_address();
}

TEST(ListenSocket, ResolvesNames) {
  const auto socket = ListenSocket::Open("localhost:0");
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_TRUE(RawConnection("http://" + socket->bound_address()).is_connected());
}

TEST(ListenSocket, APortInUseIsNamed) {
  const auto first = ListenSocket::Open("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const auto second = ListenSocket::Open(first->bound_address());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_NE(Message(first->bound_address()).find(first->bound_address()), std::string::npos);
}

TEST(ListenSocket, AnAddressOfAnotherHostIsNotFound) {
  EXPECT_EQ(ListenSocket::Open("192.0.2.77:0").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ListenSocket::Open("name.invalid:0").status().code(), absl::StatusCode::kNotFound);
}

TEST(ListenSocket, SaysWhatIsWrongWithWhatIsNoAddress) {
  for (const char* address : {"", "localhost", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1",
                              "::1:80", "[::1:80", "::1]:80", "[::1]", "unix:"}) {
    const absl::Status status = ListenSocket::Open(address).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_NE(std::string(status.message()).find("\"" + std::string(address) + "\""), std::string::npos) << status;
  }
}

TEST(ListenSocket, UnixPathsHaveABound) {
  EXPECT_EQ(ListenSocket::Open("unix:/" + std::string(107, 'x')).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ListenSocket, AUnixSocketIsThereWhileItLives) {
  const ScratchDirectory directory;
  const std::string path = directory.path() + "/agent.sock";
  {
    const auto socket = ListenSocket::Open("unix:" + path);
    ASSERT_TRUE(socket.ok()) << socket.status();
    EXPECT_EQ(socket->bound_address(), "unix:" + path);
    EXPECT_TRUE(RawConnection("unix:" + path).is_connected());
    EXPECT_EQ(ListenSocket::Open("unix:" + path).status().code(), absl::StatusCode::kAlreadyExists);
    EXPECT_TRUE(RawConnection("unix:" + path).is_connected()) << "the second must not take it away";
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(ListenSocket, ReplacesAUnixSocketThatNobodyAnswers) {
  const ScratchDirectory directory;
  const std::string path = directory.path() + "/agent.sock";
  auto dead = ListenSocket::Open("unix:" + path);
  ASSERT_TRUE(dead.ok());
  close(dead->Release());
  const auto socket = ListenSocket::Open("unix:" + path);
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_TRUE(RawConnection("unix:" + path).is_connected());
}

TEST(ListenSocket, AUnixSocketNeedsItsDirectory) {
  const ScratchDirectory directory;
  EXPECT_EQ(ListenSocket::Open("unix:" + directory.path() + "/none/s").status().code(), absl::StatusCode::kNotFound);
}

TEST(ListenSocket, NeverReplacesAFileThatIsNoSocket) {
  const ScratchDirectory directory;
  const std::string path = directory.path() + "/precious";
  std::ofstream(path) << "data";
  EXPECT_EQ(ListenSocket::Open("unix:" + path).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(access(path.c_str(), F_OK), 0);
}

TEST(ListenSocket, TakesADescriptorThatListensAlready) {
  auto first = ListenSocket::Open("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string address = first->bound_address();
  const auto passed = ListenSocket::Open("fd=" + std::to_string(first->Release()));
  ASSERT_TRUE(passed.ok()) << passed.status();
  EXPECT_EQ(passed->bound_address(), address);
  EXPECT_FALSE(passed->is_unix());
  EXPECT_TRUE(RawConnection("http://" + address).is_connected());
}

TEST(ListenSocket, LeavesTheFileOfAPassedUnixSocket) {
  const ScratchDirectory directory;
  const std::string path = directory.path() + "/agent.sock";
  auto first = ListenSocket::Open("unix:" + path);
  ASSERT_TRUE(first.ok()) << first.status();
  {
    const auto passed = ListenSocket::Open("fd=" + std::to_string(first->Release()));
    ASSERT_TRUE(passed.ok()) << passed.status();
    EXPECT_EQ(passed->bound_address(), "unix:" + path);
    EXPECT_TRUE(passed->is_unix());
    EXPECT_TRUE(RawConnection("unix:" + path).is_connected());
  }
  EXPECT_EQ(access(path.c_str(), F_OK), 0);
}

TEST(ListenSocket, RefusesOtherDescriptors) {
  for (const char* wrong : {"fd=", "fd=x", "fd=3x"}) {
    EXPECT_EQ(ListenSocket::Open(wrong).status().code(), absl::StatusCode::kInvalidArgument) << wrong;
  }
  const int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  for (const int wrong : {datagrams, silent, 1000000}) {
    const absl::Status status = ListenSocket::Open("fd=" + std::to_string(wrong)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << wrong;
  }
  EXPECT_EQ(close(datagrams), 0) << "it is left to its owner";
  EXPECT_EQ(close(silent), 0) << "it is left to its owner";
}

}  // namespace
}  // namespace tcpgauge
