// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_
#define TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

// PEM files for https; empty = the system's authorities, and no certificate of our own. curl reads them when it
// connects.
struct ClientTlsFiles {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

// The same by content, for one who may not be able to read the files later.
struct ClientTlsPem {
  std::string ca;
  std::string cert;
  std::string key;
};

struct HttpClientOptions {
  std::string unix_path;  // empty = TCP
  bool accept_gzip = false;
  size_t max_body_bytes = 1 << 20;
};

struct HttpCall {
  std::string url;                         // http or https
  std::vector<std::string> headers;        // "Name: value"
  const std::string* post_body = nullptr;  // null = GET. Must live until the call is over.
  int64_t timeout_ms = 5000;               // for all of it
};

struct HttpAnswer {
  int status = 0;
  std::string body;                            // no more than max_body_bytes
  bool body_cut = false;                       // there was more
  std::optional<int64_t> retry_after_seconds;  // of Retry-After, a number or a date (RFC 9110 section 10.2.3)
};

// Asks one server, one call at a time, over a connection that stays open between them. Redirections are not followed.
// The only home of curl/curl.h.
//
// Thread: confined to one at a time.
class HttpClient {
 public:
  explicit HttpClient(const HttpClientOptions& options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // For connections from now on.
  void UseTls(const ClientTlsFiles& files);
  void UseTls(const ClientTlsPem& pem);

  // Begins a call. REQUIRES: none goes on.
  void Start(const HttpCall& call);

  // Goes on with the call, if there is one, until it is over, `timeout_ms` have passed or `stop_fd` is readable (it is
  // not read; -1 = none). The answer, whatever its status, or why there is none: DeadlineExceeded when the call's time
  // was up, Unavailable for the rest, in one line that does not name the server. Nothing when the call is not over.
  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int timeout_ms);

  // Gives the call up, if there is one.
  void Cancel();

  // `text` as it may stand in a query.
  static std::string Escape(const std::string& text);

  // "7.88.1".
  static std::string LibraryVersion();

 private:
  static size_t TakeBody(char* data, size_t size, size_t count, void* client);
  absl::StatusOr<HttpAnswer> TakeAnswer(int curl_code);

  const size_t max_body_bytes_;
  void* easy_ = nullptr;     // CURL
  void* multi_ = nullptr;    // CURLM
  void* headers_ = nullptr;  // curl_slist, of the call
  bool is_calling_ = false;
  HttpAnswer answer_;
  char error_[256] = {};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_
