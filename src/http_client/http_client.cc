// SPDX-License-Identifier: Apache-2.0
#include "src/http_client/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

static_assert(CURL_ERROR_SIZE <= 256, "error_ holds curl's messages");

// One Wait() waits at most this long, so that curl's own timers run.
constexpr int kMaxPollMs = 1000;

void SetPem(CURL* easy, CURLoption option, const std::string& pem) {
  curl_blob blob = {const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, pem.empty() ? nullptr : &blob);
}

}  // namespace

HttpClient::HttpClient(const HttpClientOptions& options) : max_body_bytes_(options.max_body_bytes) {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  TCPGAUGE_CHECK(initialized == CURLE_OK && easy_ != nullptr && multi_ != nullptr);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);  // otherwise the destructor waits for name lookups
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  if (!options.unix_path.empty()) {
    curl_easy_setopt(easy_, CURLOPT_UNIX_SOCKET_PATH, options.unix_path.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  }
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
  answer_ = HttpAnswer();
  error_[0] = '\0';
  curl_slist* headers = nullptr;
  for (const std::string& header : call.headers) headers = curl_slist_append(headers, header.c_str());
  headers_ = headers;
  curl_easy_setopt(easy_, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout_ms));
  if (call.post_body == nullptr) {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  } else {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, call.post_body->data());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.post_body->size()));
  }
  curl_multi_add_handle(multi_, easy_);
  is_calling_ = true;
}

std::optional<absl::StatusOr<HttpAnswer>> HttpClient::Wait(int stop_fd, int timeout_ms) {
  curl_waitfd stop = {stop_fd, CURL_WAIT_POLLIN, 0};
  const unsigned int stops = stop_fd >= 0 ? 1 : 0;
  if (!is_calling_) {
    curl_multi_poll(multi_, &stop, stops, timeout_ms, nullptr);
    return std::nullopt;
  }
  int running = 1;
  if (curl_multi_perform(multi_, &running) != CURLM_OK) {
    Cancel();
    return absl::UnavailableError("libcurl failed");
  }
  if (running != 0) {
    curl_multi_poll(multi_, &stop, stops, std::min(timeout_ms, kMaxPollMs), nullptr);
    if (stop.revents == 0) curl_multi_perform(multi_, &running);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    absl::StatusOr<HttpAnswer> answer = TakeAnswer(message->data.result);
    Cancel();
    return answer;
  }
  return std::nullopt;
}

absl::StatusOr<HttpAnswer> HttpClient::TakeAnswer(int curl_code) {
  const bool cut = curl_code == CURLE_WRITE_ERROR && answer_.body_cut;
  if (curl_code != CURLE_OK && !cut) {
    const char* why = error_[0] != '\0' ? error_ : curl_easy_strerror(static_cast<CURLcode>(curl_code));
    return curl_code == CURLE_OPERATION_TIMEDOUT ? absl::DeadlineExceededError(why) : absl::UnavailableError(why);
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  answer_.status = static_cast<int>(status);
  curl_off_t retry_after = 0;
  curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &retry_after);
  if (retry_after > 0) answer_.retry_after_seconds = retry_after;
  return std::move(answer_);
}

void HttpClient::Cancel() {
  if (!is_calling_) return;
  curl_multi_remove_handle(multi_, easy_);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nullptr);
  curl_slist_free_all(static_cast<curl_slist*>(headers_));
  headers_ = nullptr;
  is_calling_ = false;
}

size_t HttpClient::TakeBody(char* data, size_t size, size_t count, void* client) {
  auto* self = static_cast<HttpClient*>(client);
  std::string& body = self->answer_.body;
  const size_t bytes = size * count;
  const size_t taken = std::min(bytes, self->max_body_bytes_ - body.size());
  body.append(data, taken);
  if (taken < bytes) self->answer_.body_cut = true;
  return taken;
}

std::string HttpClient::Escape(const std::string& text) {
  char* escaped = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string result = escaped == nullptr ? "" : escaped;
  curl_free(escaped);
  return result;
}

std::string HttpClient::LibraryVersion() { return curl_version_info(CURLVERSION_NOW)->version; }

}  // namespace tcpgauge
