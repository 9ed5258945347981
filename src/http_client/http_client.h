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

// The paths of the PEM files for https. curl reads the files each time it opens a connection.
struct ClientTlsFiles {
  std::string ca_file;    // the authorities that sign servers' certificates; empty = those of the system
  std::string cert_file;  // the client's certificate; empty = the client has none
  std::string key_file;   // the key of the client's certificate
};

// Like ClientTlsFiles, but holds the contents of the files. For a process that may lose the right to read them.
struct ClientTlsPem {
  std::string ca;
  std::string cert;
  std::string key;
};

struct HttpClientOptions {
  std::string unix_path;            // connect to this Unix socket; empty = connect to the host of the URL by TCP
  bool accept_gzip = false;         // ask for compressed answers; HttpAnswer::body is decompressed
  size_t max_body_bytes = 1 << 20;  // the longest body to keep, after decompression
};

// A request to send.
struct HttpCall {
  std::string url;                         // http or https; may contain a user and a password, for HTTP's Basic scheme
  std::vector<std::string> headers;        // each "Name: value"; see CURLOPT_HTTPHEADER
  const std::string* post_body = nullptr;  // the body of a POST, which must live until the call is over; null = GET
  int64_t timeout_ms = 5000;               // for the whole call; 0 = no limit
};

// What the server answered.
struct HttpAnswer {
  int status = 0;         // the HTTP status code
  std::string body;       // the first max_body_bytes
  bool body_cut = false;  // the server sent more than max_body_bytes
  // From Retry-After, which is a number of seconds or a date (RFC 9110 section 10.2.3). Nullopt when the answer has no
  // such header, or when it names no time in the future.
  std::optional<int64_t> retry_after_seconds;
};

// An HTTP client that makes one call at a time. The connection stays open between calls to the same server.
// Redirections are not followed. Calls over TCP go through the proxy that the environment names, if any (http_proxy,
// https_proxy and all_proxy; see libcurl-env(3)). No other file includes curl/curl.h.
//
// A call begins with Start(). Then call Wait() until it returns a result:
//
//   client.Start(call);
//   std::optional<absl::StatusOr<HttpAnswer>> answer;
//   while (!(answer = client.Wait(stop_fd, 1000)).has_value()) {
//     // Call Cancel() and return if stop_fd is readable.
//   }
//
// Thread: one at a time.
// Bounds: a body has at most max_body_bytes. A call takes at most its timeout_ms.
// Errors: see Wait(). The constructor stops the process when libcurl cannot be initialised.
class HttpClient {
 public:
  explicit HttpClient(const HttpClientOptions& options);
  // Cancels the call under way, if any.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sets the certificates for connections that are opened from now on. An empty path changes nothing.
  void UseTls(const ClientTlsFiles& files);
  // The same with the contents of files, which it copies. An empty member removes the one of an earlier call.
  void UseTls(const ClientTlsPem& pem);

  // Begins a call. Copies `call`, except for the body to which `post_body` points. REQUIRES: no call is under way.
  void Start(const HttpCall& call);

  // Advances the call under way. Returns nullopt while the call is not over; call Wait() again then. Once the call is
  // over, returns the answer, whatever its status.
  //
  // Waits for the network for at most `timeout_ms`, and for at most one second. Returns early when `stop_fd` is
  // readable (it is not read; -1 = no descriptor). When no call is under way, waits for `stop_fd` for at most
  // `timeout_ms`, and returns nullopt. REQUIRES: timeout_ms >= 0.
  //
  // Errors: DeadlineExceeded when HttpCall::timeout_ms have passed, otherwise Unavailable. The message is one line from
  // libcurl, which does not always name the server. The call is then over too.
  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int timeout_ms);

  // Gives up the call under way. Does nothing when no call is under way.
  void Cancel();

  // Returns `text` percent-encoded, for use in the query of a URL (RFC 3986 section 2.1).
  static std::string Escape(const std::string& text);

  // Returns the version of libcurl, for example "7.88.1".
  static std::string LibraryVersion();

 private:
  // libcurl calls this with each piece of the body. `client` is the HttpClient.
  static size_t TakeBody(char* data, size_t size, size_t count, void* client);
  // Returns the result of a call that has ended with this CURLcode.
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
