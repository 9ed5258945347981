// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_CURL_TRANSPORT_H_
#define TCPGAUGE_EXPORTER_OTLP_CURL_TRANSPORT_H_

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/otlp/otlp_wire.h"
#include "exporter/otlp/push_transport.h"
#include "src/base/small_file.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

struct CurlTransportOptions {
  std::string url;                                           // of the receiver, with the path
  std::vector<std::pair<std::string, std::string>> headers;  // OtelSettings::headers
  OtlpFormat format = OtlpFormat::kProtobuf;                 // of the bodies, for Content-Type
  bool gzip = false;       // the caller compresses the bodies; the transport sets Content-Encoding
  ClientTlsFiles tls;      // an empty path = not given
  std::string user_agent;  // has no effect if `headers` has a User-Agent
};

// Sends bodies to an OTLP receiver by HTTP POST, with libcurl, over a connection that stays open. The environment names
// the proxy, if any (ProxySettings).
//
// Create() reads the PEM files of `tls`. Start() looks whether these files have changed, and reads the changed ones
// again. Connections that are opened later use the new contents. If a changed file cannot be read, its previous
// contents stay in use, and a warning is logged, once for each change. For example, the agent may not read the file any
// more once its privileges are dropped.
//
// Thread: one thread at a time.
// Bounds: The body of an answer is cut after kMaxAnswerBytes (HttpAnswer::body_cut).
class CurlTransport : public PushTransport {
 public:
  static constexpr size_t kMaxAnswerBytes = 64 << 10;

  // Errors: those of ReadSmallFile() for a PEM file, or FailedPrecondition if a PEM file is empty. The message names
  // the file. Contents that are not valid PEM are accepted here, and make each attempt to send fail.
  static absl::StatusOr<std::unique_ptr<CurlTransport>> Create(CurlTransportOptions options);

  // See PushTransport. `timeout_ns` is rounded up to milliseconds, and is at least one millisecond.
  void Start(const std::string& body, int64_t timeout_ns) override;
  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int64_t timeout_ns) override;
  void Cancel() override;

 private:
  explicit CurlTransport(CurlTransportOptions options);

  // Reads the files that have changed since ReadTls() was last called. After an error, still reads the other files, and
  // returns the first error.
  absl::Status ReadTls();

  const CurlTransportOptions options_;
  std::vector<std::string> headers_;
  HttpClient client_;

  struct PemFile {
    std::string path;  // empty = not given
    FileStamp stamp;
    std::string pem;  // the last contents that could be read
  };
  std::array<PemFile, 3> pem_files_;  // authorities, certificate, key
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_CURL_TRANSPORT_H_
