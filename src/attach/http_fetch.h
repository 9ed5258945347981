#ifndef TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
#define TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "src/attach/agent_address.h"

namespace tcpgauge {

// PEM files for https; empty = the system's authorities, and no certificate of our own.
struct ClientTls {
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

// Asks one agent over a connection that stays open. The only home of curl/curl.h.
//
// Thread: confined to one at a time.
// Bounds: kMaxBodyBytes of an answer, kTimeoutSeconds for it.
class HttpFetch {
 public:
  static constexpr size_t kMaxBodyBytes = 64 << 20;
  static constexpr long kTimeoutSeconds = 5;

  HttpFetch(const AgentAddress& address, const ClientTls& tls);
  ~HttpFetch();
  HttpFetch(const HttpFetch&) = delete;
  HttpFetch& operator=(const HttpFetch&) = delete;

  // The body of the answer to GET `path_and_query`; waits no longer once `stop_fd` is readable (it is not read).
  // Errors: Cancelled when stopped; Unauthenticated for 401; InvalidArgument for 400, with the body; Unavailable for
  // the rest. One line that does not name the agent.
  absl::StatusOr<std::string> Get(const std::string& path_and_query, int stop_fd);

  // `text` as it may stand in a query.
  static std::string Escape(const std::string& text);

  // "7.88.1".
  static std::string LibraryVersion();

 private:
  absl::Status Perform(int stop_fd);

  const std::string url_;
  void* easy_ = nullptr;   // CURL
  void* multi_ = nullptr;  // CURLM
  std::string body_;
  char error_[256] = {};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_HTTP_FETCH_H_
