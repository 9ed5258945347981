// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_HTTP_CONNECTION_H_
#define TCPGAUGE_EXPORTER_HTTP_HTTP_CONNECTION_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "exporter/http/byte_stream.h"
#include "exporter/http/connection_places.h"
#include "exporter/http/http_message.h"
#include "exporter/http/request_head.h"
#include "exporter/http/request_lanes.h"
#include "exporter/http/response_head.h"
#include "exporter/http/sent_bodies.h"

namespace tcpgauge {

class HttpConnection;

// What the connections of a server share. A plain value, which outlives the connections.
struct HttpConnectionSet {
  boost::asio::io_context* io = nullptr;
  ConnectionPlaces* places = nullptr;
  RequestLanes* lanes = nullptr;
  RequestHeadLimits head;
  uint64_t response_bytes = 0;  // the most memory of the bodies that are being sent
  SentBodies bodies;
  absl::flat_hash_set<HttpConnection*> open;
};

// One connection of a client: reads a request, has it answered, sends the response, and reads the next request. A
// request that has come before the response to the previous one was sent waits until then.
//
// When a body does not fit beside those that are being sent (HttpConnectionSet::response_bytes), the connections that
// read too slowly for a crowd are closed, the slowest first. If it does not fit even then, the response is 503 instead,
// unless no other body is being sent.
//
// Owner: The operations under way own the connection. Close() ends them.
// Thread: the one that runs the io_context. The lanes' threads only hand it responses.
// Bounds: a head and one read beyond it; the response.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  // Begins to serve a connection of `client`, which is a ClientAddress(). `all` must outlive the connection.
  static void Serve(HttpConnectionSet* all, std::unique_ptr<ByteStream> stream, std::string client);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Closes the connection at once, and gives its place back. A second call has no effect. For `drops_rest`, see
  // ByteStream::Close().
  void Close(bool drops_rest = false);

  // Notices what the client does meanwhile: how much it has taken, and whether it is gone while a handler is at work.
  // Call it every tenth of a second.
  void Look();

 private:
  HttpConnection(HttpConnectionSet* all, std::unique_ptr<ByteStream> stream);

  void Read();
  void OnBytes(size_t count);
  void UseBuffer();  // what was received: a head, or a part of it
  void TakeHead(size_t bytes);
  void Refuse(const RequestHeadError& error);
  void Send(HttpResponse response);
  bool MakeRoomFor(const std::string& body);
  void Observe();
  void WriteRest();
  void OnSent();
  void EndBody();
  void ReadAway();

  static int64_t NowNs();

  HttpConnectionSet& all_;
  const std::unique_ptr<ByteStream> stream_;
  ConnectionPlaces::Handle place_;
  bool is_closed_ = false;

  std::string received_;                          // of the next requests
  size_t searched_ = 0;                           // how much of `received_` has no end of a head
  bool is_first_ = true;                          // no request was answered yet
  std::shared_ptr<std::atomic<bool>> abandoned_;  // of the request that is being answered; null = none is

  // Of the response that is being sent.
  AfterResponse after_ = AfterResponse::kCloses;
  bool leaves_body_out_ = false;  // to HEAD
  std::string head_;
  std::shared_ptr<const std::string> body_;
  size_t written_bytes_ = 0;        // of `head_` and `body_`
  uint64_t all_written_bytes_ = 0;  // on the whole connection
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_CONNECTION_H_
