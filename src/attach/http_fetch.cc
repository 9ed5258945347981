#include "src/attach/http_fetch.h"

#include <curl/curl.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

static_assert(CURL_ERROR_SIZE <= 256, "error_ holds curl's messages");

size_t TakeBody(char* data, size_t size, size_t count, void* body) {
  auto* text = static_cast<std::string*>(body);
  if (text->size() + size * count > HttpFetch::kMaxBodyBytes) return 0;
  text->append(data, size * count);
  return size * count;
}

}  // namespace

HttpFetch::HttpFetch(const AgentAddress& address, const ClientTls& tls) : url_(address.url) {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  easy_ = curl_easy_init();
  multi_ = curl_multi_init();
  TCPGAUGE_CHECK(initialized == CURLE_OK && easy_ != nullptr && multi_ != nullptr);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT, kTimeoutSeconds);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &body_);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_);
  curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  if (!address.unix_path.empty()) {
    curl_easy_setopt(easy_, CURLOPT_UNIX_SOCKET_PATH, address.unix_path.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  } else {
    curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
  }
  if (!tls.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, tls.ca_file.c_str());
  if (!tls.cert_file.empty()) curl_easy_setopt(easy_, CURLOPT_SSLCERT, tls.cert_file.c_str());
  if (!tls.key_file.empty()) curl_easy_setopt(easy_, CURLOPT_SSLKEY, tls.key_file.c_str());
}

HttpFetch::~HttpFetch() {
  curl_multi_cleanup(multi_);
  curl_easy_cleanup(easy_);
}

std::string HttpFetch::Escape(const std::string& text) {
  char* escaped = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string result = escaped == nullptr ? "" : escaped;
  curl_free(escaped);
  return result;
}

std::string HttpFetch::LibraryVersion() { return curl_version_info(CURLVERSION_NOW)->version; }

absl::StatusOr<std::string> HttpFetch::Get(const std::string& path_and_query, int stop_fd) {
  body_.clear();
  error_[0] = '\0';
  curl_easy_setopt(easy_, CURLOPT_URL, absl::StrCat(url_, path_and_query).c_str());
  absl::Status status = Perform(stop_fd);
  if (!status.ok()) return status;
  long code = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &code);
  if (code == 200) return std::move(body_);
  if (code == 400) return absl::InvalidArgumentError(body_);
  if (code == 401) {
    return absl::UnauthenticatedError("it wants a user and a password; right would be https://USER:PASSWORD@HOST:PORT");
  }
  return absl::UnavailableError(absl::StrCat("it answers with status ", code));
}

absl::Status HttpFetch::Perform(int stop_fd) {
  curl_multi_add_handle(multi_, easy_);
  absl::Status status;
  int running = 1;
  while (true) {
    if (curl_multi_perform(multi_, &running) != CURLM_OK) {
      status = absl::UnavailableError("libcurl gave up");
      break;
    }
    if (running == 0) break;
    curl_waitfd stop = {stop_fd, CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi_, &stop, 1, 1000, nullptr);
    if (stop.revents != 0) {
      status = absl::CancelledError("stopped");
      break;
    }
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE || message->data.result == CURLE_OK) continue;
    status = absl::UnavailableError(error_[0] != '\0' ? error_ : curl_easy_strerror(message->data.result));
  }
  curl_multi_remove_handle(multi_, easy_);
  return status;
}

}  // namespace tcpgauge
