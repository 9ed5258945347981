// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_
#define TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/http_client/proxy_settings.h"

namespace tcpgauge {

// The paths of the PEM files for https. curl reads the files each time it opens a connection.
struct ClientTlsFiles {
  std::string ca_file;    // the authorities that sign servers' certificates; empty = those of the system
  std::string cert_file;  // the client's certificate; empty = the client has none
  std::string key_file;   // the key of the client's certificate
};

// Like ClientTlsFiles, but holds the contents of the files. Use it if the process may lose the right to read the files.
struct ClientTlsPem {
  std::string ca;
  std::string cert;
  std::string key;
};

struct HttpClientOptions {
  std::string unix_path;            // connect to this Unix socket; empty = connect to the host of the URL by TCP
  bool accept_gzip = false;         // ask for compressed answers; HttpAnswer::body is decompressed
  size_t max_body_bytes = 1 << 20;  // the longest body to take, after decompression; SIZE_MAX = any
  // For bodies that TakeBody() reads: Wait() returns at once while a piece waits for TakeBody(), and receives no more
  // while this many bytes wait. 0 = no such limit.
  size_t max_waiting_bytes = 0;
  // Have the kernel probe a silent connection, so that a call over a dead connection ends after a minute.
  bool keep_alive = false;
  bool only_http1 = false;  // do not offer HTTP/2
  ProxySettings proxies;    // of calls over TCP
};

// A request to send. In this file, a call is a request and its answer, including the redirections that are followed.
struct HttpCall {
  std::string url;                         // http or https; may contain a user and a password, for HTTP's Basic scheme
  std::vector<std::string> headers;        // each "Name: value"; see CURLOPT_HTTPHEADER
  const std::string* post_body = nullptr;  // the body of a POST, which must live until the call is over; null = GET
  int64_t timeout_ms = 5000;               // for the whole call; 0 = no limit
};

// What the server answered.
struct HttpAnswer {
  int status = 0;         // the HTTP status code
  std::string body;       // the first max_body_bytes, without the parts that TakeBody() has returned
  bool body_cut = false;  // the server sent more than max_body_bytes; the rest was not received
  // From Retry-After, which is a number of seconds or a date (RFC 9110 section 10.2.3). Nullopt when the answer has no
  // such header, or when the header names no time in the future.
  std::optional<int64_t> retry_after_seconds;
  // If the answer is a redirection to a URL: a part of an error message that names this URL, for example "redirected to
  // URL; use that URL". At most 500 bytes, without user and password. Empty = the answer is not a redirection.
  std::string redirection;
};

// An HTTP client that makes one call at a time. The connection stays open between calls to the same server. Only
// http_client.cc includes curl/curl.h.
//
// Redirections. A redirection of status 307 or 308 that leads to the same scheme and host is followed, at most
// kMaxRedirections times in a call. The port may differ. Method, body, headers, user and password stay the same. Every
// other redirection is returned as the answer: following it could give headers and body to another host, or turn a POST
// into a GET.
//
// Proxies. HttpClientOptions::proxies alone says which calls go through a proxy. The environment variables by which
// libcurl would choose a proxy have no effect. An https call goes through an http or https proxy by CONNECT.
//
// A call begins with Start(). Then call Wait() until it returns a result:
//
//   client.Start(call);
//   std::optional<absl::StatusOr<HttpAnswer>> answer;
//   while (!(answer = client.Wait(stop_fd, 1000)).has_value()) {
//     // Call Cancel() and return if stop_fd is readable.
//   }
//
// Compression. libcurl undoes up to five encodings of a body, one after the other, and cannot be interrupted meanwhile.
// With two encodings, 153 kB that decompress to an empty body keep one Wait() busy for 0.7 s. Each further encoding
// multiplies this time. Therefore:
// - With accept_gzip, Content-Encoding may name gzip once, and no other encoding.
// - Without accept_gzip, Content-Encoding may name anything, because libcurl then leaves the body as it is.
// - Transfer-Encoding may name only chunked.
// An answer that breaks these rules ends the call with an error before the body is decoded.
//
// Thread: one thread at a time.
// Bounds: a body has at most max_body_bytes after decompression. The bytes that wait for TakeBody() exceed
// max_waiting_bytes by less than 16 kB; libcurl keeps further bytes in its own buffers. Headers have at most 300 kB,
// the limit of libcurl. A call takes at most its timeout_ms.
// Errors: see Wait(). When libcurl cannot be initialised, the constructor ends the process (ExitForShortage()).
class HttpClient {
 public:
  static constexpr int kMaxRedirections = 10;

  explicit HttpClient(const HttpClientOptions& options);
  // Cancels the call under way, if any.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sets the certificates for connections that are opened from now on. An empty path changes nothing.
  void UseTls(const ClientTlsFiles& files);
  // Like the function above, but takes the contents of the files. Copies `pem`. An empty member removes the content
  // that this function has set before.
  void UseTls(const ClientTlsPem& pem);

  // Begins a call. Copies `call`, except for the body to which `post_body` points. REQUIRES: no call is under way.
  void Start(const HttpCall& call);

  // Advances the call under way. Returns nullopt while the call is not over; call Wait() again then. Once the call is
  // over, returns the answer, whatever its status.
  //
  // Waits for the network for at most `timeout_ms`, but never longer than one second. Returns early when `stop_fd` is
  // readable (Wait() does not read it; -1 = no descriptor). When no call is under way, waits for `stop_fd` for at most
  // `timeout_ms`, and returns nullopt. REQUIRES: timeout_ms >= 0.
  //
  // Errors: DeadlineExceeded when HttpCall::timeout_ms have passed, or when the server accepted no connection in time.
  // libcurl waits 300 s for a connection, and the kernel may give up earlier. Unavailable for any other failure. Each
  // error ends the call. The message is one line: from libcurl, from ProxySettings::ProxyFor(), or about the encoding
  // of the answer. It does not always name the server.
  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int timeout_ms);

  // The next three functions read a long body while it arrives. REQUIRES: a call is under way.
  //
  // Returns the HTTP status of the answer that is arriving, or 0 before its head has arrived. Do not use the body of a
  // redirection, because Wait() may go on to another answer. REQUIRES: Wait() was called since Start().
  int StatusSoFar() const;
  // Returns the part of the body that has arrived since TakeBody() was last called, and removes it from this object.
  // May return an empty text. The part that arrives last is returned in HttpAnswer::body instead. If max_waiting_bytes
  // has stopped the receiving, receiving goes on.
  std::string TakeBody();
  // Returns whether TakeBody() would return a text that is not empty.
  bool HasBody() const { return !answer_.body.empty(); }

  // Gives up the call under way. Does nothing when no call is under way.
  void Cancel();

  // Returns an error if no call to `url` can ever reach a server: the port is not a number from 1 to 65535, or the host
  // is neither a name nor an address, or user or password has an @ that is not percent-encoded. Does not look up the
  // host's name.
  // Errors: InvalidArgument. The message says what is wrong, without any part of the URL: "its port is not a number
  // from 1 to 65535".
  static absl::Status CheckUrl(const std::string& url);

  // Returns `text` percent-encoded, for use in the query of a URL (RFC 3986 section 2.1).
  static std::string Escape(const std::string& text);

  // Returns the version of libcurl, for example "7.88.1".
  static std::string LibraryVersion();

 private:
  // libcurl calls these with each piece of the body and with each line of a head. `client` is the HttpClient.
  static size_t OnBody(char* data, size_t size, size_t count, void* client);
  static size_t OnHeaderLine(char* data, size_t size, size_t count, void* client);
  // Sets `refusal_` if the line names an encoding that the answer must not have (see Compression).
  void CheckEncoding(std::string_view header_line);
  // Begins to request `url` with what Start() has set. Sets `start_error_`.
  void Request(const std::string& url);
  // Returns the result of a request that has ended with this CURLcode.
  absl::StatusOr<HttpAnswer> TakeAnswer(int curl_code);
  // If `answer` is a redirection to follow, returns the URL. Otherwise returns nullopt, and sets `answer->redirection`
  // if the answer is any other redirection.
  std::optional<std::string> Redirection(HttpAnswer* answer);

  const bool accept_gzip_;
  const size_t max_body_bytes_;
  const size_t max_waiting_bytes_;
  const ProxySettings proxies_;
  const bool has_unix_path_;
  void* easy_ = nullptr;     // CURL
  void* multi_ = nullptr;    // CURLM
  void* headers_ = nullptr;  // curl_slist of the call under way
  bool is_calling_ = false;
  bool is_paused_ = false;    // libcurl keeps a piece of the body, because max_waiting_bytes_ bytes are waiting
  std::string url_;           // of the request under way
  int64_t left_ms_ = 0;       // time-out of the request under way: what is left of the call's time-out; 0 = no limit
  int redirections_ = 0;      // how many redirections the call under way has followed
  absl::Status start_error_;  // why Request() sent nothing; Wait() returns it
  HttpAnswer answer_;
  size_t body_bytes_ = 0;  // of the answer so far
  int encodings_ = 0;      // how many encodings of the body the head names
  std::string refusal_;    // why the answer is an error; empty = it is not
  char error_[256] = {};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_HTTP_CLIENT_HTTP_CLIENT_H_
