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

// PEM files for https. Without ca_file, the system's authorities count; without cert_file, the client has no
// certificate. curl reads the files each time it connects.
struct ClientTlsFiles {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

// The contents of such files, for a process that may not be able to read them later.
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
  int64_t timeout_ms = 5000;               // for the whole call
};

struct HttpAnswer {
  int status = 0;
  std::string body;                            // at most max_body_bytes
  bool body_cut = false;                       // the server sent more
  std::optional<int64_t> retry_after_seconds;  // from Retry-After, a number or a date (RFC 9110 section 10.2.3)
};

// Calls one server, one call at a time, over a connection that stays open between calls. Does not follow redirections.
// The only home of curl/curl.h.
//
// Thread: one at a time.
// Bounds: an answer has at most max_body_bytes; a call takes at most its timeout_ms.
class HttpClient {
 public:
  explicit HttpClient(const HttpClientOptions& options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Applies to connections that are opened from now on.
  void UseTls(const ClientTlsFiles& files);
  void UseTls(const ClientTlsPem& pem);

  // Begins a call. REQUIRES: no call is under way.
  void Start(const HttpCall& call);

  // Advances the call under way, if any. Waits for the network at most `timeout_ms`, and only until `stop_fd` is
  // readable (it is not read; -1 = none). Returns nullopt while the call is not over, so call it again. Returns the
  // answer, whatever its status, once the call is over.
  // Errors: DeadlineExceeded when the call's timeout_ms have passed, otherwise Unavailable, in one line that does not
  // name the server.
  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int timeout_ms);

  // Gives up the call under way, if any.
  void Cancel();

  // `text` percent-encoded, for the query of a URL (RFC 3986 section 2.1).
  static std::string Escape(const std::string& text);

  // "7.88.1".
  static std::string LibraryVersion();

 private:
  static size_t TakeBody(char* data, size_t size, size_t count, void* client);
  absl::StatusOr<HttpAnswer> TakeAnswer(int curl_code);

  const size_t max_body_bytes_;
  void* easy_ = nullptr;     // CURL
  void* multi_ = nullptr;    // CURLM
  void* headers_ = nullptr;  // curl_slist of the call under way
  bool is_calling_ = false;
  HttpAnswer answer_;
  char error_[256] = {};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_
