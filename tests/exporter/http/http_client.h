// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_

#include <string>

namespace tcpgauge {

// A client's connection to an HTTP server, over which a test sends any bytes. So a test can play a client that
// misbehaves.
//
// Thread: confined to one. No call has a time limit.
class RawConnection {
 public:
  // Connects to `url`, which is one of HttpServer::urls(): http://V4:PORT, http://[V6]:PORT or unix:PATH. On failure
  // is_connected() is false.
  // `receive_buffer_bytes` (SO_RCVBUF) limits how much the kernel accepts from the server before the test calls
  // Receive(). 0: the kernel's default.
  explicit RawConnection(const std::string& url, int receive_buffer_bytes = 0);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  bool is_connected() const { return is_connected_; }

  // Sends all of `bytes`. Returns false when this fails, for example because the server has closed the connection.
  bool Send(const std::string& bytes);

  // Tells the server that the client sends no more.
  void EndSending();

  // Waits until at least one byte has come, and returns between 1 and `count` bytes. Returns an empty string when the
  // connection is closed or broken.
  std::string Receive(size_t count);

  // Returns all bytes that come until the connection is closed.
  std::string ReceiveAll();

  // Returns one response: the head, and a body as long as Content-Length says. Without Content-Length, returns only the
  // head. If the connection is closed in the middle of the response, returns the bytes that have come.
  std::string ReceiveResponse();

 private:
  int fd_ = -1;
  bool is_connected_ = false;
};

// Sends `GET path` with `Connection: close` over a new connection to `url`, and returns the whole response: head and
// body. Returns an empty string when it cannot connect. Each of the additional `header_lines` is "Name: value\r\n".
std::string Get(const std::string& url, const std::string& path, const std::string& header_lines = "");

// Returns the part of `response` after the empty line that ends the head. Empty when there is no such line.
std::string BodyOf(const std::string& response);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_HTTP_CLIENT_H_
