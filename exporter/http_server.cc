#include "exporter/http_server.h"

#include <microhttpd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "exporter/listen_socket.h"

namespace tcpgauge {
namespace {

// Thread stacks are touched only as far as handlers go, but their address space counts in containers.
constexpr size_t kThreadStackBytes = 256 << 10;

MHD_Result AppendField(void* fields, MHD_ValueKind, const char* name, const char* value) {
  static_cast<HttpFields*>(fields)->emplace_back(name, value == nullptr ? "" : value);
  return MHD_YES;
}

HttpRequest ToRequest(MHD_Connection* connection, const char* path, const char* method) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, AppendField, &request.query);
  MHD_get_connection_values(connection, MHD_HEADER_KIND, AppendField, &request.headers);
  return request;
}

MHD_Result Queue(MHD_Connection* connection, HttpResponse response) {
  const int status = response.status;
  auto* owned = new HttpResponse(std::move(response));
  MHD_Response* queued = MHD_create_response_from_buffer_with_free_callback_cls(
      owned->body.size(), owned->body.data(), [](void* cls) { delete static_cast<HttpResponse*>(cls); }, owned);
  if (queued == nullptr) {
    delete owned;
    return MHD_NO;
  }
  MHD_add_response_header(queued, MHD_HTTP_HEADER_CONTENT_TYPE, owned->content_type.c_str());
  for (const auto& [name, value] : owned->headers) MHD_add_response_header(queued, name.c_str(), value.c_str());
  const MHD_Result result = MHD_queue_response(connection, static_cast<unsigned>(status), queued);
  MHD_destroy_response(queued);
  return result;
}

// libmicrohttpd calls once when the headers are there, again with each part of a body, and once more after it.
MHD_Result OnRequest(void* handler, MHD_Connection* connection, const char* path, const char* method, const char*,
                     const char*, size_t* upload_bytes, void** seen_before) noexcept {
  static char marker;
  const bool takes_no_body = std::string_view(method) != "GET" && std::string_view(method) != "HEAD";
  if (*seen_before == nullptr && !takes_no_body) {
    *seen_before = &marker;
    return MHD_YES;
  }
  if (*upload_bytes != 0) {
    *upload_bytes = 0;  // all of it was dealt with: thrown away
    return MHD_YES;
  }
  return Queue(connection, (*static_cast<const HttpHandler*>(handler))(ToRequest(connection, path, method)));
}

}  // namespace

class HttpServer::Listener {
 public:
  Listener(ListenSocket socket, const HttpServer& server) : socket_(std::move(socket)) {
    daemon_ = MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC, 0, nullptr,
                               nullptr, OnRequest, const_cast<HttpHandler*>(&server.handler_), MHD_OPTION_LISTEN_SOCKET,
                               socket_.fd(), MHD_OPTION_CONNECTION_LIMIT, server.limits_.connections,
                               MHD_OPTION_CONNECTION_TIMEOUT, server.limits_.idle_timeout_seconds,
                               MHD_OPTION_CONNECTION_MEMORY_LIMIT, server.limits_.request_header_bytes,
                               MHD_OPTION_THREAD_STACK_SIZE, kThreadStackBytes, MHD_OPTION_END);
    if (daemon_ != nullptr) socket_.Release();  // closed by the daemon from now on
  }
  ~Listener() {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  bool is_running() const { return daemon_ != nullptr; }

  std::string url() const {
    return socket_.is_unix() ? socket_.bound_address() : absl::StrCat("http://", socket_.bound_address());
  }

 private:
  ListenSocket socket_;  // outlives the daemon, so that a unix socket's file goes last
  MHD_Daemon* daemon_ = nullptr;
};

HttpServer::HttpServer(HttpHandler handler, const HttpLimits& limits) : handler_(std::move(handler)), limits_(limits) {}

HttpServer::~HttpServer() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::vector<std::string>& addresses,
                                                              HttpHandler handler, const HttpLimits& limits) {
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(handler), limits));
  for (const std::string& address : addresses) {
    absl::StatusOr<ListenSocket> socket = ListenSocket::Open(address);
    if (!socket.ok()) return socket.status();
    server->listeners_.push_back(std::make_unique<Listener>(*std::move(socket), *server));
    if (!server->listeners_.back()->is_running()) {
      return absl::UnavailableError(absl::StrCat("cannot serve on ", address, ": no thread or descriptor to be had"));
    }
    server->urls_.push_back(server->listeners_.back()->url());
  }
  return server;
}

void HttpServer::Stop() { listeners_.clear(); }

}  // namespace tcpgauge
