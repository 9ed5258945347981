// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_

#include <string>

namespace tcpgauge {

// One connection to a server that sends raw bytes, for tests of clients that misbehave.
class RawConnection {
 public:
  // `url` is one of HttpServer::urls(): http://V4:PORT, http://[V6]:PORT or unix:PATH. `receive_buffer_bytes` limits
  // what the kernel accepts before Receive(); 0 = the kernel's default.
  explicit RawConnection(const std::string& url, int receive_buffer_bytes = 0);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool is_connected() const { return is_connected_; }

  // False when the server has closed the connection.
  bool Send(const std::string& bytes);

  // Waits for at most `count` bytes; empty when the server has closed the connection.
  std::string Receive(size_t count);

  // All bytes until the server closes the connection.
  std::string ReceiveAll();

  // One response with a Content-Length, head and body.
  std::string ReceiveResponse();

 private:
  int fd_ = -1;
  bool is_connected_ = false;
};

// The server's answer to `GET path` with `Connection: close` and `header_lines` ("Name: value\r\n" each).
std::string Get(const std::string& url, const std::string& path, const std::string& header_lines = "");

// The part of a response after the empty line.
std::string BodyOf(const std::string& response);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_
