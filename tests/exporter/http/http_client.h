// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_

#include <string>

namespace tcpgauge {

// One connection to a server, as raw as a socket: for tests that want to misbehave.
class RawConnection {
 public:
  // `url` as HttpServer::urls() has it: http://V4:PORT, http://[V6]:PORT or unix:PATH. With `receive_buffer_bytes` the
  // kernel is asked to take that little before the reader reads.
  explicit RawConnection(const std::string& url, int receive_buffer_bytes = 0);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool is_connected() const { return is_connected_; }

  // False when the server has closed.
  bool Send(const std::string& bytes);

  // Waits for at most `count` bytes; empty when the server has closed.
  std::string Receive(size_t count);

  // All until the server closes.
  std::string ReceiveAll();

  // One response with a Content-Length, head and body.
  std::string ReceiveResponse();

 private:
  int fd_ = -1;
  bool is_connected_ = false;
};

// What the server answers to `GET path` with `Connection: close` and these further header lines ("Name: value\r\n").
std::string Get(const std::string& url, const std::string& path, const std::string& header_lines = "");

// The part of a response after the empty line.
std::string BodyOf(const std::string& response);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_
