// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "exporter/http/client_address.h"
#include "src/base/clock.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

using Phase = ConnectionPlaces::Phase;

constexpr size_t kReadBytes = 4 << 10;
// More at a time would delay the other connections.
constexpr size_t kWriteBytes = 64 << 10;
// For so long after its request, a client that sends no more may still wait for the response. It cannot be told from
// one that is gone. The time is that of a listing, and more than that of a password.
constexpr int64_t kHalfClosedNs = kNanosecondsPerSecond;

}  // namespace

int64_t HttpConnection::NowNs() { return SystemClock().SteadyNanoseconds(); }

void HttpConnection::Serve(HttpConnectionSet* all, std::unique_ptr<ByteStream> stream, std::string client) {
  const std::shared_ptr<HttpConnection> self(new HttpConnection(all, std::move(stream)));
  self->place_ = all->places->Add(std::move(client), NowNs(), [connection = self.get()] {
    connection->Close(connection->place_->pending_bytes > 0);
  });
  all->open.insert(self.get());
  self->stream_->Handshake([self](bool ok, size_t) {
    if (!ok || self->is_closed_) return self->Close();
    self->Read();
  });
}

HttpConnection::HttpConnection(HttpConnectionSet* all, std::unique_ptr<ByteStream> stream)
    : all_(*all), stream_(std::move(stream)) {}

HttpConnection::~HttpConnection() { Close(); }

void HttpConnection::Close(bool drops_rest) {
  if (is_closed_) return;
  const std::shared_ptr<HttpConnection> released = std::move(self_);  // at the end of this function
  is_closed_ = true;
  if (abandoned_ != nullptr) abandoned_->store(true, std::memory_order_relaxed);
  EndBody();
  stream_->Close(drops_rest);
  all_.open.erase(this);
  all_.places->Remove(place_);
}

void HttpConnection::Look() {
  if (abandoned_ != nullptr && IsClientGone()) abandoned_->store(true, std::memory_order_relaxed);
  Observe();
}

bool HttpConnection::IsClientGone() const {
  switch (stream_->LookAtClient()) {
    case ByteStream::ClientEnd::kOpen:
      return false;
    case ByteStream::ClientEnd::kBroken:
      return true;
    case ByteStream::ClientEnd::kEnded:
      break;
  }
  return NowNs() - place_->since_ns >= kHalfClosedNs;
}

void HttpConnection::Observe() {
  const size_t response_bytes = body_ == nullptr ? 0 : head_.size() + (leaves_body_out_ ? 0 : body_->size());
  const uint64_t untaken = std::min<uint64_t>(stream_->UntakenBytes(), all_written_bytes_);
  all_.places->Observe(place_, all_written_bytes_ - untaken, untaken + response_bytes - written_bytes_, NowNs());
}

void HttpConnection::Read() {
  const size_t kept = received_.size();
  received_.resize(kept + kReadBytes);
  stream_->Read(&received_[kept], kReadBytes, [self = shared_from_this(), kept](bool ok, size_t count) {
    if (self->is_closed_) return;
    self->received_.resize(kept + count);
    if (!ok) return self->Close();
    if (count == 0) return self->OnClientEnd();
    ConnectionPlaces::BeginRequest(self->place_, NowNs());
    self->UseBuffer();
  });
}

void HttpConnection::UseBuffer() {
  const size_t head_bytes = FindHeadEnd(received_, searched_);
  if (head_bytes > 0) return TakeHead(head_bytes);
  searched_ = received_.size();
  if (received_.size() > all_.head.bytes + 2) return Refuse(HeadTooLong(received_, all_.head));
  Read();
}

void HttpConnection::TakeHead(size_t bytes) {
  std::variant<RequestHead, RequestHeadError> parsed =
      ParseRequestHead(std::string_view(received_).substr(0, bytes), all_.head);
  if (const auto* error = std::get_if<RequestHeadError>(&parsed)) return Refuse(*error);
  auto& head = std::get<RequestHead>(parsed);
  received_.erase(0, bytes);
  received_.shrink_to_fit();  // so that the memory of a long head is free while the response is sent
  searched_ = 0;
  // The body of a request is not read. So nothing that follows it can be read either.
  after_ = !head.keeps_alive || head.has_body ? AfterResponse::kCloses
           : head.is_http_1_0                 ? AfterResponse::kStaysOpenByRequest
                                              : AfterResponse::kStaysOpen;
  leaves_body_out_ = head.request.method == "HEAD";
  head.request.is_from_unix_socket = place_->client == kUnixClient;
  head.request.client_certificate = stream_->CheckClient();
  abandoned_ = std::make_shared<std::atomic<bool>>(false);
  head.request.abandoned = abandoned_;
  ConnectionPlaces::Begin(place_, Phase::kAnswering, NowNs());
  std::string path = head.request.path;
  auto request = std::make_shared<const HttpRequest>(std::move(head.request));
  all_.lanes->Answer(place_->client, std::exchange(is_first_, false), std::move(request),
                     [self = shared_from_this(), path = std::move(path)](HttpResponse response, double seconds) {
                       boost::asio::post(*self->all_.io,
                                         [self, path, seconds, response = std::move(response)]() mutable {
                                           self->Send(std::move(response), path, seconds);
                                         });
                     });
}

void HttpConnection::Refuse(const RequestHeadError& error) {
  received_.clear();
  HttpResponse refusal;
  refusal.status = error.status;
  refusal.body = absl::StrCat(error.status, error.status == 400 ? " bad request: " : " ", error.reason, "\n");
  all_.lanes->AddHeaders(&refusal);
  after_ = AfterResponse::kCloses;
  leaves_body_out_ = false;
  Send(std::move(refusal), error.path, 0);
}

void HttpConnection::Send(HttpResponse response, const std::string& path, double seconds) {
  if (is_closed_) return all_.lanes->Report({path, response.status, seconds});
  abandoned_ = nullptr;
  const auto take_body = [&] {
    body_ = response.shared_body != nullptr ? std::move(response.shared_body)
                                            : std::make_shared<const std::string>(std::move(response.body));
  };
  take_body();
  if (!MakeRoomFor(*body_)) {
    response = HttpResponse();
    response.status = 503;
    response.headers.emplace_back("Retry-After", "1");
    response.body = "503 service unavailable: other responses take the memory; try again later\n";
    all_.lanes->AddHeaders(&response);
    take_body();
  }
  all_.lanes->Report({path, response.status, seconds});
  head_ = ResponseHead(response, body_->size(), after_, absl::Now());
  all_.bodies.Add(body_.get());
  written_bytes_ = 0;
  ConnectionPlaces::Begin(place_, Phase::kSending, NowNs());
  Observe();
  WriteRest();
}

bool HttpConnection::MakeRoomFor(const std::string& body) {
  while (all_.bodies.bytes() > 0 && all_.bodies.BytesWith(&body) > all_.response_bytes) {
    const auto slowest = all_.places->SlowestReader();
    if (slowest == all_.places->end() || slowest == place_) return false;
    ConnectionPlaces::Close(slowest);
  }
  return true;
}

void HttpConnection::WriteRest() {
  const std::string_view head = std::string_view(head_).substr(std::min(written_bytes_, head_.size()));
  const std::string_view body = leaves_body_out_ ? std::string_view() : std::string_view(*body_);
  const size_t of_body = written_bytes_ - std::min(written_bytes_, head_.size());
  if (head.empty() && of_body == body.size()) return OnSent();
  stream_->Write(head, body.substr(of_body, kWriteBytes), [self = shared_from_this()](bool ok, size_t count) {
    if (self->is_closed_) return;
    if (!ok) return self->Close();
    self->written_bytes_ += count;
    self->all_written_bytes_ += count;
    self->Observe();
    self->WriteRest();
  });
}

void HttpConnection::EndBody() {
  if (body_ != nullptr) all_.bodies.Remove(body_.get());
  body_ = nullptr;
  written_bytes_ = 0;
}

void HttpConnection::OnSent() {
  EndBody();
  if (after_ == AfterResponse::kCloses) return EndWriting();
  ConnectionPlaces::Begin(place_, Phase::kRequest, NowNs());
  if (received_.empty()) return Read();
  ConnectionPlaces::BeginRequest(place_, NowNs());
  UseBuffer();
}

void HttpConnection::OnClientEnd() {
  Observe();
  if (place_->pending_bytes == 0) return Close();
  EndWriting();
}

void HttpConnection::EndWriting() {
  ConnectionPlaces::Begin(place_, Phase::kClosing, NowNs());
  stream_->EndWriting([self = shared_from_this()](bool ok, size_t) {
    if (self->is_closed_) return;
    if (!ok) return self->Close();
    self->ReadAway();
  });
}

// Waits until the client has seen the end. If the connection were closed while bytes of the client are unread, the
// kernel would reset it, and the client could lose the response (RFC 9112 section 9.6).
void HttpConnection::ReadAway() {
  received_.resize(kReadBytes);
  stream_->Read(received_.data(), received_.size(), [self = shared_from_this()](bool ok, size_t count) {
    if (self->is_closed_) return;
    if (!ok) return self->Close();
    if (count == 0) return self->AwaitTaking();
    self->ReadAway();
  });
}

// Without the place, a client could leave as many unread responses in the kernel as it likes.
void HttpConnection::AwaitTaking() {
  Observe();
  if (place_->pending_bytes == 0) return Close();
  self_ = shared_from_this();
}

}  // namespace tcpgauge
