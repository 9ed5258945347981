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

// What the connections of a server share. The set, and the objects to which it points, must live until all connections
// are closed and RequestLanes::Stop() has returned.
struct HttpConnectionSet {
  boost::asio::io_context* io = nullptr;
  ConnectionPlaces* places = nullptr;
  RequestLanes* lanes = nullptr;
  RequestHeadLimits head;
  uint64_t response_bytes = 0;                // HttpLimits::response_bytes
  SentBodies bodies;                          // the bodies that are being sent
  absl::flat_hash_set<HttpConnection*> open;  // the connections that are not closed
};

// One connection of a client. Reads a request, lets RequestLanes make the response, sends the response, and reads the
// next request. If the next request arrives earlier, it waits in the connection's buffer or in the kernel's.
//
// HttpConnectionSet::response_bytes limits the bodies that are being sent. If a further body exceeds this limit, the
// connections that ConnectionPlaces::SlowestReader() names are closed until the body fits. If no such connection is
// left, the response is 503 instead. If no other body is being sent, a body of any size fits.
//
// A client that has closed its end keeps its place until its system has taken the response, or until a rule of
// ConnectionPlaces ends the connection.
//
// Owner: The operations under way, and a request in the lanes, own the connection. Close() ends these operations. While
// the connection only waits until the client's system has taken the response, no operation is under way. Then the
// connection owns itself until Close().
// Thread: Only the thread that runs the io_context uses a connection. It also receives the responses that the lanes'
// threads make.
// Bounds: The buffer holds at most one head and 4 KiB. Further requests stay in the kernel. The responses of all
// connections share HttpConnectionSet::response_bytes.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  // Begins to serve the connection `stream` of `client`, which is a ClientAddress(). For the life of `all`, see
  // HttpConnectionSet.
  static void Serve(HttpConnectionSet* all, std::unique_ptr<ByteStream> stream, std::string client);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Closes the connection at once, and gives its place back. Sets HttpRequest::abandoned if a response is being made. A
  // second call has no effect. For `drops_rest`, see ByteStream::Close().
  void Close(bool drops_rest = false);

  // Looks how much the client has taken. While a response is being made, also looks whether the client is gone, and
  // if so sets HttpRequest::abandoned. Call it every tenth of a second.
  void Look();

 private:
  HttpConnection(HttpConnectionSet* all, std::unique_ptr<ByteStream> stream);

  // Whether the client of the request that is being answered is gone.
  bool IsClientGone() const;
  void Read();
  void UseBuffer();  // takes the head at the beginning of `received_`, or reads on if its end is missing
  void TakeHead(size_t bytes);
  void Refuse(const RequestHeadError& error);
  // Sends the response, or 503 if there is no room for its body. Reports what is sent to the observer. `path` and
  // `seconds` are those of AnsweredRequest.
  void Send(HttpResponse response, const std::string& path, double seconds);
  bool MakeRoomFor(const std::string& body);
  void Observe();  // ConnectionPlaces::Observe()
  void WriteRest();
  void OnSent();
  void EndBody();
  void OnClientEnd();  // the client has ended sending between two requests
  void EndWriting();
  void ReadAway();     // reads and drops what the client still sends, until it ends
  void AwaitTaking();  // waits until the client's system has taken what was written

  static int64_t NowNs();

  HttpConnectionSet& all_;
  const std::unique_ptr<ByteStream> stream_;
  ConnectionPlaces::Handle place_;
  bool is_closed_ = false;
  std::shared_ptr<HttpConnection> self_;  // null = others own the connection

  std::string received_;                          // bytes of the next requests
  size_t searched_ = 0;                           // FindHeadEnd() has searched this many bytes of `received_`
  bool is_first_ = true;                          // no head was taken yet
  std::shared_ptr<std::atomic<bool>> abandoned_;  // HttpRequest::abandoned; null while no response is being made

  // Of the response that is being sent.
  AfterResponse after_ = AfterResponse::kCloses;
  bool leaves_body_out_ = false;  // it answers HEAD
  std::string head_;
  std::shared_ptr<const std::string> body_;  // null while no response is being sent
  size_t written_bytes_ = 0;                 // of `head_` and `body_`
  uint64_t all_written_bytes_ = 0;           // on the whole connection
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_HTTP_CONNECTION_H_
