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
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // in addition to those of the protocol
  OtlpFormat format = OtlpFormat::kProtobuf;
  bool gzip = false;  // whether the bodies are compressed
  ClientTlsFiles tls;
  std::string user_agent;
};

// Sends by HTTP POST over a connection that stays open. Reads at most 64 KiB of an answer.
//
// Create() reads the PEM files, and Start() reads those again that have changed. By then the privilege to read a file
// may be gone. If a file cannot be read, its previous contents stay in use, and the log says so.
class CurlTransport : public PushTransport {
 public:
  static constexpr size_t kMaxAnswerBytes = 64 << 10;

  // Errors: NotFound, PermissionDenied or InvalidArgument, with the name of the unusable file.
  static absl::StatusOr<std::unique_ptr<CurlTransport>> Create(CurlTransportOptions options);

  void Start(const std::string& body, int64_t timeout_ns) override;
  std::optional<absl::StatusOr<HttpAnswer>> Wait(int stop_fd, int64_t timeout_ns) override;
  void Cancel() override;

 private:
  explicit CurlTransport(CurlTransportOptions options);

  // Reads the files that have changed since the last call. Returns the first error, but reads the other files too.
  absl::Status ReadTls();

  const CurlTransportOptions options_;
  std::vector<std::string> headers_;
  HttpClient client_;

  struct PemFile {
    std::string path;  // empty = not given
    FileStamp stamp;
    std::string pem;
  };
  std::array<PemFile, 3> pem_files_;  // authorities, certificate, key
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_CURL_TRANSPORT_H_
