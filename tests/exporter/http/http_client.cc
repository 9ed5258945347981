// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/http/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace tcpgauge {

RawConnection::RawConnection(const std::string& url, int receive_buffer_bytes) {
  sockaddr_storage address{};
  socklen_t length = 0;
  if (url.rfind("unix:", 0) == 0) {
    auto* local = reinterpret_cast<sockaddr_un*>(&address);
    local->sun_family = AF_UNIX;
    std::strncpy(local->sun_path, url.c_str() + 5, sizeof(local->sun_path) - 1);
    length = sizeof(*local);
  } else {
    const size_t begin = url.find("//") + 2, colon = url.rfind(':');
    std::string host = url.substr(begin, colon - begin);
    const uint16_t port = static_cast<uint16_t>(std::atoi(url.c_str() + colon + 1));
    if (host.front() == '[') {
      auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
      EXPECT_EQ(inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6->sin6_addr), 1) << url;
      length = sizeof(*v6);
    } else {
      auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
      EXPECT_EQ(inet_pton(AF_INET, host.c_str(), &v4->sin_addr), 1) << url;
      length = sizeof(*v4);
    }
  }
  fd_ = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer_bytes > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(receive_buffer_bytes));
  }
  is_connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), length) == 0;
}

RawConnection::~RawConnection() { close(fd_); }

bool RawConnection::Send(const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<size_t>(count);
  }
  return true;
}

void RawConnection::EndSending() { shutdown(fd_, SHUT_WR); }

std::string RawConnection::Receive(size_t count) {
  std::string bytes(count, '\0');
  const ssize_t got = recv(fd_, bytes.data(), count, 0);
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

std::string RawConnection::ReceiveAll() {
  std::string all;
  for (std::string part = Receive(1 << 16); !part.empty(); part = Receive(1 << 16)) all += part;
  return all;
}

std::string RawConnection::ReceiveResponse() {
  std::string response;
  while (response.find("\r\n\r\n") == std::string::npos) {
    const std::string part = Receive(1);
    if (part.empty()) return response;
    response += part;
  }
  const size_t field = response.find("Content-Length: ");
  size_t rest = field == std::string::npos ? 0 : static_cast<size_t>(std::atoll(response.c_str() + field + 16));
  while (rest > 0) {
    const std::string part = Receive(rest);
    if (part.empty()) return response;
    response += part;
    rest -= part.size();
  }
  return response;
}

std::string Get(const std::string& url, const std::string& path, const std::string& header_lines) {
  RawConnection connection(url);
  connection.Send("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + header_lines + "\r\n");
  return connection.ReceiveAll();
}

std::string BodyOf(const std::string& response) {
  const size_t end_of_head = response.find("\r\n\r\n");
  return end_of_head == std::string::npos ? "" : response.substr(end_of_head + 4);
}

}  // namespace tcpgauge
