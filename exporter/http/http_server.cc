// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_server.h"

#include <microhttpd.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exporter/http/descriptor_budget.h"
#include "exporter/http/host_field.h"
#include "exporter/http/listen_socket.h"
#include "exporter/http/request_target.h"
#include "src/base/clock.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// The unused part of a stack takes no memory, but its address space counts in containers.
constexpr size_t kThreadStackBytes = 512 << 10;

constexpr size_t kListenerDescriptors = 3;  // its socket, and at most two to wake its thread

// libmicrohttpd would parse the header Cookie into records. When these do not fit into its buffer, it answers twice
// (0.9.75). It parses only the first header of that name, so each request gets this one before its own headers.
constexpr char kUnparsedCookie[] = "unparsed";

// libmicrohttpd does not leave out the blanks after a value (RFC 9110 section 5.5).
MHD_Result AppendHeader(void* headers, MHD_ValueKind, const char* name, const char* value) {
  if (value == kUnparsedCookie) return MHD_YES;  // the same pointer: no client can send this
  std::string_view kept = value == nullptr ? "" : value;
  kept = kept.substr(0, kept.find_last_not_of(" \t") + 1);  // npos + 1 is 0
  static_cast<HttpFields*>(headers)->emplace_back(name, kept);
  return MHD_YES;
}

// Returns the method and the headers of the request.
HttpRequest RequestOf(MHD_Connection* connection, const char* method) {
  HttpRequest request;
  request.method = method;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, AppendHeader, &request.headers);
  return request;
}

size_t CountHeaders(const HttpRequest& request, const char* name) {
  return static_cast<size_t>(std::count_if(request.headers.begin(), request.headers.end(), [name](const auto& header) {
    return absl::EqualsIgnoreCase(header.first, name);
  }));
}

// Whether the request gives the length of its body more than once: a way to smuggle requests past a proxy (RFC 9112
// section 6.3).
bool HasConflictingLengths(const HttpRequest& request) {
  return CountHeaders(request, MHD_HTTP_HEADER_CONTENT_LENGTH) +
             CountHeaders(request, MHD_HTTP_HEADER_TRANSFER_ENCODING) >
         1;
}

// What is wrong with the headers Host of a request; empty = they are right.
std::string_view HostError(const HttpRequest& request, std::string_view version) {
  const size_t hosts = CountHeaders(request, MHD_HTTP_HEADER_HOST);
  if (hosts > 1) return "the header Host is given twice";
  if (hosts == 0) return version == MHD_HTTP_VERSION_1_0 ? "" : "the header Host is missing";
  return IsHostField(*request.Header(MHD_HTTP_HEADER_HOST)) ? "" : "the header Host is not HOST or HOST:PORT";
}

void SetHost(const std::string& host, HttpRequest* request) {
  for (auto& [name, value] : request->headers) {
    if (absl::EqualsIgnoreCase(name, MHD_HTTP_HEADER_HOST)) {
      value = host;
      return;
    }
  }
  request->headers.emplace_back(MHD_HTTP_HEADER_HOST, host);
}

// A response after which the connection is closed.
HttpResponse Refusal(int status, std::string body) {
  HttpResponse refusal;
  refusal.status = status;
  refusal.body = std::move(body);
  refusal.headers.emplace_back(MHD_HTTP_HEADER_CONNECTION, "close");
  return refusal;
}

// Returns how much memory libmicrohttpd needs for a connection: for the header of a request, for a record of each
// header line, and for the header of the response. With less, it would itself refuse requests that are within the
// limits.
size_t ConnectionMemoryBytes(const HttpLimits& limits) {
  constexpr size_t kRecordBytes = 64;
  constexpr size_t kResponseHeaderBytes = 2 << 10;
  return limits.request_header_bytes + limits.request_fields * kRecordBytes + kResponseHeaderBytes;
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

}  // namespace

// One listening socket, and the daemon that serves its connections.
class HttpServer::Listener {
 public:
  Listener(ListenSocket socket, HttpServer* server)
      : server_(*server), socket_(std::move(socket)), has_tls_(server->tls_ != nullptr && !socket_.is_unix()) {}
  ~Listener() {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  // Starts the daemon. False if no thread or descriptor is available.
  bool Serve() {
    const HttpLimits& limits = server_.limits_;
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC;
    std::vector<MHD_OptionItem> tls_options;
    std::shared_ptr<const TlsContext> tls;
    if (has_tls_) {
      // libmicrohttpd needs a certificate at the start. OnConnection() gives each connection the current one.
      flags |= MHD_USE_TLS;
      tls = server_.tls_();
      tls_options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(tls->certificate_pem().c_str())});
      tls_options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(tls->key_pem().c_str())});
    }
    tls_options.push_back({MHD_OPTION_END, 0, nullptr});
    daemon_ = MHD_start_daemon(
        flags, 0, nullptr, nullptr, OnRequest, this, MHD_OPTION_LISTEN_SOCKET, socket_.fd(),
        MHD_OPTION_CONNECTION_LIMIT, limits.connections, MHD_OPTION_CONNECTION_TIMEOUT, limits.idle_timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, ConnectionMemoryBytes(limits), MHD_OPTION_THREAD_STACK_SIZE,
        kThreadStackBytes, MHD_OPTION_URI_LOG_CALLBACK, OnRequestLine, this, MHD_OPTION_NOTIFY_CONNECTION, OnConnection,
        this, MHD_OPTION_NOTIFY_COMPLETED, OnResponseEnd, this, MHD_OPTION_ARRAY, tls_options.data(), MHD_OPTION_END);
    if (daemon_ != nullptr) socket_.Release();  // from now on the daemon closes it
    return daemon_ != nullptr;
  }

  std::string url() const {
    return socket_.is_unix() ? socket_.bound_address()
                             : absl::StrCat(has_tls_ ? "https://" : "http://", socket_.bound_address());
  }

 private:
  // The state of an open connection.
  struct OpenConnection {
    ConnectionDeadlines::Handle deadline;
    std::shared_ptr<const TlsContext> tls;  // null = no TLS
    std::string target;                     // of the current request
    HttpRequest request;                    // the current request, once its headers are complete
  };

  static OpenConnection* StateOf(MHD_Connection* connection) {
    return static_cast<OpenConnection*>(
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context);
  }

  static gnutls_session_int* SessionOf(MHD_Connection* connection) {
    return static_cast<gnutls_session_int*>(
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session);
  }

  static void OnConnection(void* self, MHD_Connection* connection, void** state,
                           MHD_ConnectionNotificationCode what) noexcept {
    const Listener& listener = *static_cast<Listener*>(self);
    HttpServer& server = listener.server_;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      const int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
      auto* const opened = new OpenConnection{server.deadlines_->Add(fd, server.limits_.request), nullptr, {}, {}};
      if (listener.has_tls_) {
        opened->tls = server.tls_();
        opened->tls->Prepare(SessionOf(connection));
      }
      *state = opened;
    } else {
      const std::unique_ptr<OpenConnection> owned(static_cast<OpenConnection*>(*state));
      server.deadlines_->Remove(owned->deadline);
    }
  }

  // libmicrohttpd calls this once when the request line is complete. `target` is null if the line has none.
  //
  // libmicrohttpd goes on with the same text: it would make a record of each query parameter, and if these do not fit
  // into its buffer, it closes the connection without an answer (0.9.75). So the query is cut off here.
  static void* OnRequestLine(void*, const char* target, MHD_Connection* connection) noexcept {
    std::string& kept = StateOf(connection)->target;
    kept = target == nullptr ? "" : target;
    const size_t query = kept.find('?');
    if (query != std::string::npos) const_cast<char*>(target)[query + 1] = '\0';
    MHD_set_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_COOKIE, kUnparsedCookie);
    return nullptr;
  }

  // libmicrohttpd calls this once when the headers are complete, once for each part of a body, and once at the end of
  // the request.
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char*, const char* method,
                              const char* version, const char*, size_t* upload_bytes, void** seen_before) noexcept {
    static char marker;
    const Listener& listener = *static_cast<Listener*>(self);
    HttpServer& server = listener.server_;
    OpenConnection& state = *StateOf(connection);
    const int64_t begin_ns = SystemClock().SteadyNanoseconds();
    if (*seen_before == nullptr) {
      *seen_before = &marker;
      server.deadlines_->Set(state.deadline, ConnectionDeadlines::Phase::kResponse, server.limits_.response);
      state.request = RequestOf(connection, method);
      if (std::optional<HttpResponse> refusal = listener.TakeTarget(connection, version)) {
        return listener.Answer(connection, begin_ns, *std::move(refusal));
      }
      const bool may_have_body = state.request.method != "GET" && state.request.method != "HEAD";
      if (!may_have_body) return MHD_YES;  // answer at the end of the request
    }
    if (*upload_bytes != 0) {
      *upload_bytes = 0;  // all bytes of this part are consumed; the body is ignored
      return MHD_YES;
    }
    if (state.tls != nullptr) state.request.client_certificate = state.tls->CheckClient(SessionOf(connection));
    return listener.Answer(connection, begin_ns, server.handler_(state.request));
  }

  // Completes the current request by what its target says. Returns the response if the request must be refused.
  std::optional<HttpResponse> TakeTarget(MHD_Connection* connection, std::string_view version) const {
    const HttpLimits& limits = server_.limits_;
    OpenConnection& state = *StateOf(connection);
    HttpRequest& request = state.request;
    absl::StatusOr<RequestTarget> target = ParseRequestTarget(state.target);
    if (target.ok()) {
      request.path = std::move(target->path);
      request.query = std::move(target->query);
    }
    if (state.target.size() > limits.request_header_bytes) {
      return Refusal(414, absl::StrCat("414 URI too long: use at most ", limits.request_header_bytes, " bytes\n"));
    }
    const size_t header_bytes =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    if (header_bytes > limits.request_header_bytes ||
        request.headers.size() + request.query.size() > limits.request_fields) {
      return Refusal(
          431, absl::StrCat("431 request header fields too large: use at most ", limits.request_header_bytes,
                            " bytes, and at most ", limits.request_fields, " header lines and query parameters\n"));
    }
    if (!target.ok()) return Refusal(400, absl::StrCat("400 bad request: ", target.status().message(), "\n"));
    if (const std::string_view error = HostError(request, version); !error.empty()) {
      return Refusal(400, absl::StrCat("400 bad request: ", std::string(error), "\n"));
    }
    if (HasConflictingLengths(request)) {
      return Refusal(400, "400 bad request: the length of the body is given twice\n");
    }
    if (target->authority.has_value()) SetHost(*target->authority, &request);
    return std::nullopt;
  }

  // Queues the response to the current request.
  MHD_Result Answer(MHD_Connection* connection, int64_t begin_ns, HttpResponse response) const {
    if (server_.observer_ != nullptr) {
      const int64_t took_ns = SystemClock().SteadyNanoseconds() - begin_ns;
      server_.observer_->OnAnswer(
          {StateOf(connection)->request.path, response.status, static_cast<double>(took_ns) * kSecondsPerNanosecond});
    }
    return Queue(connection, std::move(response));
  }

  static void OnResponseEnd(void* self, MHD_Connection* connection, void**, MHD_RequestTerminationCode) noexcept {
    HttpServer& server = static_cast<Listener*>(self)->server_;
    OpenConnection& state = *StateOf(connection);
    state.target.clear();
    state.request = HttpRequest();
    server.deadlines_->Set(state.deadline, ConnectionDeadlines::Phase::kRequest,
                           absl::Seconds(server.limits_.idle_timeout_seconds) + server.limits_.request);
  }

  HttpServer& server_;
  ListenSocket socket_;  // outlives the daemon, so that the file of a unix socket is removed last
  const bool has_tls_;
  MHD_Daemon* daemon_ = nullptr;
};

HttpServer::HttpServer(HttpHandler handler, const HttpLimits& limits, TlsSource tls,
                       std::unique_ptr<RequestObserver> observer)
    : handler_(std::move(handler)), limits_(limits), tls_(std::move(tls)), observer_(std::move(observer)) {}

HttpServer::~HttpServer() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const std::vector<std::string>& addresses,
                                                             HttpHandler handler, const HttpLimits& limits,
                                                             TlsSource tls, std::unique_ptr<RequestObserver> observer) {
  if (addresses.empty()) return absl::InvalidArgumentError("no address to listen on is given");
  // Each listener needs a few descriptors, and each connection two: the server's and the one of its deadline.
  const size_t budget = DescriptorBudget();
  const size_t for_listeners = addresses.size() * kListenerDescriptors;
  const size_t possible = budget > for_listeners ? (budget - for_listeners) / 2 / addresses.size() : 0;
  if (possible == 0) return absl::ResourceExhaustedError("cannot serve: raise the limit of open files (ulimit -n)");
  HttpLimits within = limits;
  within.connections = static_cast<unsigned>(std::min<size_t>(limits.connections, possible));
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(handler), within, std::move(tls), std::move(observer)));
  for (const std::string& address : addresses) {
    absl::StatusOr<ListenSocket> socket = ListenSocket::Open(address);
    if (!socket.ok()) return socket.status();
    server->listeners_.push_back(std::make_unique<Listener>(*std::move(socket), server.get()));
    server->urls_.push_back(server->listeners_.back()->url());
  }
  return server;
}

absl::Status HttpServer::Serve() {
  deadlines_ = std::make_unique<ConnectionDeadlines>(limits_.connections / 2);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    if (!listeners_[i]->Serve()) {
      return absl::UnavailableError(
          absl::StrCat("cannot serve on ", urls_[i], ": no thread or descriptor is available"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::vector<std::string>& addresses,
                                                              HttpHandler handler, const HttpLimits& limits,
                                                              TlsSource tls,
                                                              std::unique_ptr<RequestObserver> observer) {
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      Open(addresses, std::move(handler), limits, std::move(tls), std::move(observer));
  if (!server.ok()) return server;
  if (absl::Status status = (*server)->Serve(); !status.ok()) return status;
  return server;
}

std::string HttpServer::LibraryVersion() { return MHD_get_version(); }

void HttpServer::Stop() { listeners_.clear(); }

}  // namespace tcpgauge
