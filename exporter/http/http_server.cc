// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_server.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/version.hpp>
#include <cerrno>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "exporter/http/byte_stream.h"
#include "exporter/http/client_address.h"
#include "exporter/http/connection_places.h"
#include "exporter/http/descriptor_budget.h"
#include "exporter/http/http_connection.h"
#include "exporter/http/listen_socket.h"
#include "exporter/http/request_lanes.h"
#include "src/base/clock.h"
#include "src/base/named_thread.h"

namespace tcpgauge {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// A listening socket, its duplicate in the loop, and what the loop itself needs.
constexpr size_t kListenerDescriptors = 2;
constexpr size_t kLoopDescriptors = 4;

// How often the loop looks for connections whose time is over, and for clients that are gone.
constexpr std::chrono::milliseconds kLookInterval(100);

// More at a time would delay the connections that are open.
constexpr int kAcceptedAtATime = 16;

int64_t NowNs() { return SystemClock().SteadyNanoseconds(); }

PlaceRules RulesOf(const HttpLimits& limits) {
  PlaceRules rules;
  rules.places = limits.connections;
  rules.share = std::max<size_t>(limits.connections / 16, 4);
  rules.request_ns = absl::ToInt64Nanoseconds(limits.request);
  rules.idle_ns = limits.idle_timeout_seconds == 0 ? std::numeric_limits<int64_t>::max()
                                                   : limits.idle_timeout_seconds * kNanosecondsPerSecond;
  rules.response_ns = absl::ToInt64Nanoseconds(limits.response);
  return rules;
}

}  // namespace

// A listening socket, and what its connections speak.
class HttpServer::Listener {
 public:
  Listener(ListenSocket socket, bool has_tls) : socket_(std::move(socket)), has_tls_(has_tls && !socket_.is_unix()) {}

  int fd() const { return socket_.fd(); }
  bool has_tls() const { return has_tls_; }
  std::string url() const {
    return socket_.is_unix() ? socket_.bound_address()
                             : absl::StrCat(has_tls_ ? "https://" : "http://", socket_.bound_address());
  }

 private:
  const ListenSocket socket_;
  const bool has_tls_;
};

// The thread that serves the connections, and all that it uses.
class HttpServer::Loop {
 public:
  Loop(const HttpService* service, const HttpLimits& limits)
      : lanes_(service, limits.connections), places_(RulesOf(limits)), timer_(io_) {
    all_.io = &io_;
    all_.places = &places_;
    all_.lanes = &lanes_;
    all_.head = limits.head;
    all_.response_bytes = limits.response_bytes;
  }

  ~Loop() {
    if (thread_.joinable()) {
      asio::post(io_, [this] {
        accepting_.clear();
        while (!all_.open.empty()) (*all_.open.begin())->Close();
        io_.stop();
      });
      thread_.join();
    }
    lanes_.Stop();
  }

  // Waits for connections on `listener`, which must outlive the loop. Returns false if no descriptor is available, or
  // the kernel does not watch another one.
  bool Add(const Listener& listener) {
    const int fd = fcntl(listener.fd(), F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return false;
    auto accepting = std::make_unique<Accepting>(Accepting{asio::posix::stream_descriptor(io_), &listener});
    error_code error;
    accepting->socket.assign(fd, error);
    if (error) {
      close(fd);
      return false;
    }
    accepting_.push_back(std::move(accepting));
    return true;
  }

  void Start() {
    for (const auto& accepting : accepting_) WaitForConnection(accepting.get());
    thread_ = NamedThread("http", [this] { io_.run(); });
  }

 private:
  struct Accepting {
    asio::posix::stream_descriptor socket;
    const Listener* listener;
  };

  void WaitForConnection(Accepting* accepting) {
    accepting->socket.async_wait(asio::posix::stream_descriptor::wait_read, [this, accepting](const error_code& error) {
      if (error) return;
      if (Accept(accepting)) return WaitForConnection(accepting);
      paused_.push_back(accepting);  // until a descriptor is available
      LookSoon();
    });
  }

  // Takes connections that wait. Returns false if no descriptor is available.
  bool Accept(Accepting* accepting) {
    for (int i = 0; i < kAcceptedAtATime; ++i) {
      sockaddr_storage peer = {};
      socklen_t length = sizeof(peer);
      const int fd = accept4(accepting->socket.native_handle(), reinterpret_cast<sockaddr*>(&peer), &length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
      ByteStream::TlsGetter get_tls;
      if (accepting->listener->has_tls()) get_tls = [this](auto use) { GetTls(std::move(use)); };
      std::unique_ptr<ByteStream> stream = ByteStream::Open(&io_, fd, peer.ss_family, std::move(get_tls));
      if (stream == nullptr) continue;
      HttpConnection::Serve(&all_, std::move(stream), ClientAddress(peer));
      if (places_.is_over_limit()) CloseVictim();
      LookSoon();
    }
    return true;
  }

  // The source may read files, and a file system that hangs must not hold this thread up.
  void GetTls(std::function<void(std::shared_ptr<const TlsContext>)> use) {
    lanes_.GetTls([this, use = std::move(use)](std::shared_ptr<const TlsContext> tls) mutable {
      asio::post(io_, [use = std::move(use), tls = std::move(tls)]() mutable { use(std::move(tls)); });
    });
  }

  void CloseVictim() {
    const auto victim = places_.Victim(NowNs());
    if (victim != places_.end()) ConnectionPlaces::Close(victim);
  }

  void LookSoon() {
    if (std::exchange(looks_soon_, true)) return;
    timer_.expires_after(kLookInterval);
    timer_.async_wait([this](const error_code& error) {
      looks_soon_ = false;
      if (!error) Look();
    });
  }

  void Look() {
    for (HttpConnection* connection : all_.open) connection->Look();
    const bool use_crowd_rules = places_.is_crowded() || lanes_.has_backlog();
    for (const auto place : places_.Overdue(NowNs(), use_crowd_rules)) ConnectionPlaces::Close(place);
    for (Accepting* accepting : std::exchange(paused_, {})) WaitForConnection(accepting);
    if (!all_.open.empty()) LookSoon();
  }

  asio::io_context io_{1};
  RequestLanes lanes_;
  ConnectionPlaces places_;
  HttpConnectionSet all_;
  asio::steady_timer timer_;
  bool looks_soon_ = false;
  std::vector<std::unique_ptr<Accepting>> accepting_;
  std::vector<Accepting*> paused_;
  std::thread thread_;
};

HttpServer::HttpServer(HttpService service, const HttpLimits& limits) : service_(std::move(service)), limits_(limits) {}

HttpServer::~HttpServer() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const std::vector<std::string>& addresses,
                                                             HttpService service, const HttpLimits& limits) {
  if (addresses.empty()) return absl::InvalidArgumentError("no address to listen on is given");
  const size_t budget = DescriptorBudget();
  const size_t own = addresses.size() * kListenerDescriptors + kLoopDescriptors;
  if (budget <= own) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot serve HTTP: ", own + 1,
                                                     " more open files are needed, and ", budget,
                                                     " are left; raise the limit of open files (ulimit -n)"));
  }
  HttpLimits within = limits;
  within.connections = std::min<size_t>(limits.connections, budget - own);
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(service), within));
  for (const std::string& address : addresses) {
    absl::StatusOr<ListenSocket> socket = ListenSocket::Open(address);
    if (!socket.ok()) return socket.status();
    server->listeners_.push_back(std::make_unique<Listener>(*std::move(socket), server->service_.tls != nullptr));
    server->urls_.push_back(server->listeners_.back()->url());
  }
  return server;
}

absl::Status HttpServer::Serve() {
  auto loop = std::make_unique<Loop>(&service_, limits_);
  for (size_t i = 0; i < listeners_.size(); ++i) {
    if (!loop->Add(*listeners_[i])) {
      return absl::UnavailableError(absl::StrCat("cannot serve on ", urls_[i], ": no descriptor is available"));
    }
  }
  loop->Start();
  loop_ = std::move(loop);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::vector<std::string>& addresses,
                                                              HttpService service, const HttpLimits& limits) {
  absl::StatusOr<std::unique_ptr<HttpServer>> server = Open(addresses, std::move(service), limits);
  if (!server.ok()) return server;
  if (absl::Status status = (*server)->Serve(); !status.ok()) return status;
  return server;
}

std::string HttpServer::LibraryVersion() {
  return absl::StrCat(BOOST_VERSION / 100000, ".", BOOST_VERSION / 100 % 1000);
}

void HttpServer::Stop() {
  loop_ = nullptr;
  listeners_.clear();
}

}  // namespace tcpgauge
