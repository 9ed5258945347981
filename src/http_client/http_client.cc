// SPDX-License-Identifier: Apache-2.0
#include "src/http_client/http_client.h"

#include <curl/curl.h>
#include <errno.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/check.h"
#include "src/base/json_string.h"
#include "src/base/shortage.h"
#include "src/base/strings.h"
#include "src/net/http_url.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

static_assert(CURL_ERROR_SIZE <= 256, "error_ holds curl's messages");

// One Wait() waits at most this long, so that curl's own timers run.
constexpr int kMaxPollMs = 1000;

// The kernel gives a connection up after nine probes without an answer (tcp_keepalive_probes of tcp(7)).
constexpr long kKeepAliveIdleSeconds = 15;
constexpr long kKeepAliveIntervalSeconds = 5;

constexpr size_t kMaxShownUrlBytes = 400;
constexpr size_t kMaxShownEncodingBytes = 40;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// Null if `text` is not a URL. Then `*error` says why.
Url ParseUrl(const std::string& text, CURLUcode* error) {
  Url url(curl_url());
  TCPGAUGE_CHECK(url != nullptr);
  *error = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0);
  if (*error != CURLUE_OK) return nullptr;
  return url;
}

Url ParseUrl(const std::string& text) {
  CURLUcode error;
  return ParseUrl(text, &error);
}

// A part of `url`, as it stands there; empty if it has none. A port that is not given is that of the scheme.
std::string Part(const Url& url, CURLUPart part) {
  char* text = nullptr;
  const unsigned flags = part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return "";
  std::string kept = text;
  curl_free(text);
  return kept;
}

bool HaveSame(CURLUPart part, const Url& a, const Url& b) {
  return absl::EqualsIgnoreCase(Part(a, part), Part(b, part));
}

// Gives `to` a part of `from`, or takes it away if `from` has none.
void CopyPart(CURLUPart part, const Url& from, const Url& to) {
  const std::string text = Part(from, part);
  curl_url_set(to.get(), part, text.empty() ? nullptr : text.c_str(), 0);
}

// Whether user or password contain an @. libcurl takes what follows it for the host.
bool HasAtBeforeAt(const std::string& url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return false;
  const std::string authority = url.substr(0, url.find_first_of("/?#", scheme_end + 3));
  return authority.find('@') != authority.rfind('@');
}

// Digits and dots alone are meant as an IPv4 address. libcurl has written a shorter form, such as 127.1, in full.
bool IsWrongIpv4Address(std::string_view host) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  return host.find_first_not_of("0123456789.") == std::string_view::npos && !IpAddress::Parse(host).has_value();
}

void SetPem(CURL* easy, CURLoption option, const std::string& pem) {
  curl_blob blob = {const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, pem.empty() ? nullptr : &blob);
}

}  // namespace

HttpClient::HttpClient(const HttpClientOptions& options)
    : accept_gzip_(options.accept_gzip),
      max_body_bytes_(options.max_body_bytes),
      max_waiting_bytes_(options.max_waiting_bytes),
      proxies_(options.proxies),
      has_unix_path_(!options.unix_path.empty()) {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  if (initialized != CURLE_OK || easy_ == nullptr || multi_ == nullptr) {
    ExitForShortage("start an HTTP client", errno == EMFILE || errno == ENFILE ? errno : ENOMEM);
  }
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);  // otherwise the destructor waits for name lookups
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &OnHeaderLine);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");  // otherwise curl reads no_proxy
  if (has_unix_path_) curl_easy_setopt(easy_, CURLOPT_UNIX_SOCKET_PATH, options.unix_path.c_str());
  if (options.keep_alive) {
    curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy_, CURLOPT_TCP_KEEPIDLE, kKeepAliveIdleSeconds);
    curl_easy_setopt(easy_, CURLOPT_TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  }
  if (options.only_http1) curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  if (options.accept_gzip) curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
}

HttpClient::~HttpClient() {
  Cancel();
  curl_multi_cleanup(multi_);
  curl_easy_cleanup(easy_);
}

void HttpClient::UseTls(const ClientTlsFiles& files) {
  if (!files.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, files.ca_file.c_str());
  if (!files.cert_file.empty()) curl_easy_setopt(easy_, CURLOPT_SSLCERT, files.cert_file.c_str());
  if (!files.key_file.empty()) curl_easy_setopt(easy_, CURLOPT_SSLKEY, files.key_file.c_str());
}

void HttpClient::UseTls(const ClientTlsPem& pem) {
  SetPem(easy_, CURLOPT_CAINFO_BLOB, pem.ca);
  SetPem(easy_, CURLOPT_SSLCERT_BLOB, pem.cert);
  SetPem(easy_, CURLOPT_SSLKEY_BLOB, pem.key);
}

void HttpClient::Start(const HttpCall& call) {
  TCPGAUGE_CHECK(!is_calling_);
  curl_slist* headers = nullptr;
  for (const std::string& header : call.headers) headers = curl_slist_append(headers, header.c_str());
  headers_ = headers;
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers);
  if (call.post_body == nullptr) {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, call.post_body->data());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.post_body->size()));
  }
  left_ms_ = call.timeout_ms;
  redirections_ = 0;
  is_calling_ = true;
  Request(call.url);
}

void HttpClient::Request(const std::string& url) {
  answer_ = HttpAnswer();
  body_bytes_ = 0;
  is_paused_ = false;
  encodings_ = 0;
  refusal_.clear();
  error_[0] = '\0';
  url_ = url;
  start_error_ = absl::OkStatus();
  std::string proxy;
  if (const Url parsed = ParseUrl(url); parsed != nullptr && !has_unix_path_) {
    absl::StatusOr<std::string> found = proxies_.ProxyFor(Part(parsed, CURLUPART_SCHEME), Part(parsed, CURLUPART_HOST),
                                                          std::atoi(Part(parsed, CURLUPART_PORT).c_str()));
    if (!found.ok()) {
      start_error_ = absl::UnavailableError(found.status().message());
      return;
    }
    proxy = *std::move(found);
  }
  curl_easy_setopt(easy_, CURLOPT_PROXY, proxy.c_str());  // an empty one keeps curl from reading the environment
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(left_ms_));
  curl_multi_add_handle(multi_, easy_);
}

std::optional<absl::StatusOr<HttpAnswer>> HttpClient::Wait(int stop_fd, int timeout_ms) {
  curl_waitfd stop = {stop_fd, CURL_WAIT_POLLIN, 0};
  const unsigned int stops = stop_fd >= 0 ? 1 : 0;
  if (!is_calling_) {
    curl_multi_poll(multi_, &stop, stops, timeout_ms, nullptr);
    return std::nullopt;
  }
  if (!start_error_.ok()) {
    Cancel();
    return start_error_;
  }
  int running = 1;
  if (curl_multi_perform(multi_, &running) != CURLM_OK) {
    Cancel();
    return absl::UnavailableError("libcurl failed");
  }
  const bool waits_for_taking = max_waiting_bytes_ > 0 && HasBody();
  if (running != 0 && !waits_for_taking) {
    curl_multi_poll(multi_, &stop, stops, std::min(timeout_ms, kMaxPollMs), nullptr);
    if (stop.revents == 0) curl_multi_perform(multi_, &running);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    absl::StatusOr<HttpAnswer> answer = TakeAnswer(message->data.result);
    if (answer.ok()) {
      if (const std::optional<std::string> next = Redirection(&*answer)) {
        curl_off_t took_us = 0;
        curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME_T, &took_us);
        curl_multi_remove_handle(multi_, easy_);
        if (left_ms_ > 0) left_ms_ = std::max<int64_t>(left_ms_ - took_us / 1000, 1);
        ++redirections_;
        Request(*next);
        return std::nullopt;
      }
    }
    Cancel();
    return answer;
  }
  return std::nullopt;
}

absl::StatusOr<HttpAnswer> HttpClient::TakeAnswer(int curl_code) {
  if (!refusal_.empty()) return absl::UnavailableError(refusal_);
  const bool cut = curl_code == CURLE_WRITE_ERROR && answer_.body_cut;
  if (curl_code != CURLE_OK && !cut) {
    const char* why = error_[0] != '\0' ? error_ : curl_easy_strerror(static_cast<CURLcode>(curl_code));
    return curl_code == CURLE_OPERATION_TIMEDOUT ? absl::DeadlineExceededError(why) : absl::UnavailableError(why);
  }
  answer_.status = StatusSoFar();
  curl_off_t retry_after = 0;
  curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &retry_after);
  if (retry_after > 0) answer_.retry_after_seconds = retry_after;
  return std::move(answer_);
}

std::optional<std::string> HttpClient::Redirection(HttpAnswer* answer) {
  char* target = nullptr;
  curl_easy_getinfo(easy_, CURLINFO_REDIRECT_URL, &target);
  if (target == nullptr) return std::nullopt;
  const bool keeps_method = answer->status == 307 || answer->status == 308;
  const Url from = ParseUrl(url_), to = ParseUrl(target);
  const bool keeps_host =
      from != nullptr && to != nullptr && HaveSame(CURLUPART_SCHEME, from, to) && HaveSame(CURLUPART_HOST, from, to);
  if (keeps_method && keeps_host && redirections_ < kMaxRedirections) {
    CopyPart(CURLUPART_USER, from, to);
    CopyPart(CURLUPART_PASSWORD, from, to);
    return Part(to, CURLUPART_URL);
  }
  const std::string shown = WithoutCredentials(target).substr(0, kMaxShownUrlBytes);
  answer->redirection = keeps_method && keeps_host
                            ? absl::StrCat("redirected more than ", kMaxRedirections, " times, at last to ", shown)
                            : absl::StrCat("redirected to ", shown, "; use that URL");
  return std::nullopt;
}

void HttpClient::Cancel() {
  if (!is_calling_) return;
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nullptr);
  curl_slist_free_all(static_cast<curl_slist*>(headers_));
  headers_ = nullptr;
  is_calling_ = false;
}

int HttpClient::StatusSoFar() const {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

std::string HttpClient::TakeBody() {
  std::string body = std::exchange(answer_.body, std::string());
  if (is_paused_) {
    is_paused_ = false;
    curl_easy_pause(easy_, CURLPAUSE_CONT);  // passes the piece that libcurl kept to OnBody()
  }
  return body;
}

size_t HttpClient::OnBody(char* data, size_t size, size_t count, void* client) {
  auto* self = static_cast<HttpClient*>(client);
  const size_t bytes = size * count;
  if (self->max_waiting_bytes_ > 0 && self->answer_.body.size() >= self->max_waiting_bytes_) {
    self->is_paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  const size_t taken = std::min(bytes, self->max_body_bytes_ - self->body_bytes_);
  self->answer_.body.append(data, taken);
  self->body_bytes_ += taken;
  if (taken < bytes) self->answer_.body_cut = true;
  return taken;
}

size_t HttpClient::OnHeaderLine(char* data, size_t size, size_t count, void* client) {
  auto* self = static_cast<HttpClient*>(client);
  const size_t bytes = size * count;
  self->CheckEncoding(std::string_view(data, bytes));
  return self->refusal_.empty() ? bytes : 0;
}

// libcurl matches names in the same way, without blanks before the colon, and unfolds no lines.
void HttpClient::CheckEncoding(std::string_view header_line) {
  const size_t colon = header_line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = ToLower(header_line.substr(0, colon));
  const bool is_transfer = name == "transfer-encoding";
  if (!is_transfer && !(accept_gzip_ && name == "content-encoding")) return;
  for (const std::string_view item : SplitAndTrim(header_line.substr(colon + 1), ',')) {
    const std::string encoding = ToLower(item);
    if (encoding.empty() || encoding == "identity" || (is_transfer && encoding == "chunked")) continue;
    const bool is_gzip = encoding == "gzip" || encoding == "x-gzip";
    if (is_transfer || !is_gzip) {
      refusal_ = absl::StrCat("the answer has the encoding ", JsonString(item.substr(0, kMaxShownEncodingBytes)),
                              ", which was not asked for");
    } else if (++encodings_ > 1) {
      refusal_ = "the answer is compressed more than once";
    }
  }
}

absl::Status HttpClient::CheckUrl(const std::string& url) {
  CURLUcode error;
  const Url parsed = ParseUrl(url, &error);
  if (parsed == nullptr && HasAtBeforeAt(url)) {
    return absl::InvalidArgumentError("its user or password has an @, which should be %40");
  }
  // libcurl takes port 0, to which nothing can connect.
  if (error == CURLUE_BAD_PORT_NUMBER || (parsed != nullptr && Part(parsed, CURLUPART_PORT) == "0")) {
    return absl::InvalidArgumentError("its port is not a number from 1 to 65535");
  }
  if (error == CURLUE_BAD_IPV6) return absl::InvalidArgumentError("its host is not an IPv6 address in brackets");
  if (parsed == nullptr || IsWrongIpv4Address(Part(parsed, CURLUPART_HOST))) {
    return absl::InvalidArgumentError("its host is no name and no address");
  }
  return absl::OkStatus();
}

std::string HttpClient::Escape(const std::string& text) {
  char* escaped = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string result = escaped == nullptr ? "" : escaped;
  curl_free(escaped);
  return result;
}

std::string HttpClient::LibraryVersion() { return curl_version_info(CURLVERSION_NOW)->version; }

}  // namespace tcpgauge
