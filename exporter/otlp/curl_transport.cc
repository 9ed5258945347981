// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/curl_transport.h"

#include <stdlib.h>

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/log.h"
#include "src/base/time_units.h"
#include "src/http_client/proxy_settings.h"

namespace tcpgauge {
namespace {

// Rounds up, so that a wait never ends just before its event.
int64_t ToMilliseconds(int64_t ns) {
  const int64_t ms = ns / kNanosecondsPerMillisecond + (ns % kNanosecondsPerMillisecond > 0);
  return std::min<int64_t>(ms, std::numeric_limits<int>::max());
}

std::vector<std::string> HeadersOf(const CurlTransportOptions& options) {
  std::vector<std::string> headers = {
      absl::StrCat("Content-Type: ", OtlpContentType(options.format)),
      "Expect:",  // otherwise curl asks first, and waits a second if the receiver does not answer that
  };
  if (options.gzip) headers.emplace_back("Content-Encoding: gzip");
  bool has_user_agent = false;
  for (const auto& [name, value] : options.headers) {
    has_user_agent = has_user_agent || absl::EqualsIgnoreCase(name, "User-Agent");
    headers.push_back(value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  if (!has_user_agent) headers.push_back(absl::StrCat("User-Agent: ", options.user_agent));
  return headers;
}

HttpClientOptions ClientOptions() {
  HttpClientOptions options;
  options.max_body_bytes = CurlTransport::kMaxAnswerBytes;
  options.proxies = ProxySettings::FromEnvironment(&getenv);
  return options;
}

// An empty file is an error, because curl would use the system's authorities instead.
absl::StatusOr<std::string> ReadPem(const std::string& path) {
  absl::StatusOr<std::string> pem = ReadSmallFile(path);
  if (pem.ok() && pem->empty()) return absl::FailedPreconditionError(absl::StrCat(path, ": is empty"));
  return pem;
}

}  // namespace

CurlTransport::CurlTransport(CurlTransportOptions options)
    : options_(std::move(options)), headers_(HeadersOf(options_)), client_(ClientOptions()) {
  pem_files_[0].path = options_.tls.ca_file;
  pem_files_[1].path = options_.tls.cert_file;
  pem_files_[2].path = options_.tls.key_file;
}

absl::StatusOr<std::unique_ptr<CurlTransport>> CurlTransport::Create(CurlTransportOptions options) {
  std::unique_ptr<CurlTransport> transport(new CurlTransport(std::move(options)));
  const absl::Status status = transport->ReadTls();
  if (!status.ok()) return status;
  return transport;
}

absl::Status CurlTransport::ReadTls() {
  absl::Status status;
  bool has_changed = false;
  for (PemFile& file : pem_files_) {
    if (file.path.empty()) continue;
    const FileStamp stamp = FileStamp::Of(file.path);
    if (stamp == file.stamp && !file.pem.empty()) continue;
    file.stamp = stamp;
    absl::StatusOr<std::string> pem = ReadPem(file.path);
    if (pem.ok()) {
      file.pem = *std::move(pem);
      has_changed = true;
    } else if (status.ok()) {
      status = pem.status();
    }
  }
  if (has_changed) client_.UseTls(ClientTlsPem{pem_files_[0].pem, pem_files_[1].pem, pem_files_[2].pem});
  return status;
}

void CurlTransport::Start(const std::string& body, int64_t timeout_ns) {
  if (const absl::Status status = ReadTls(); !status.ok()) {
    LogWarn("a TLS file for the OTLP receiver has changed and cannot be read; the former stays in use",
            {{"error", std::string(status.message())}});
  }
  HttpCall call;
  call.url = options_.url;
  call.headers = headers_;
  call.post_body = &body;
  call.timeout_ms = std::max<int64_t>(ToMilliseconds(timeout_ns), 1);  // 0 would mean no limit
  client_.Start(call);
}

std::optional<absl::StatusOr<HttpAnswer>> CurlTransport::Wait(int stop_fd, int64_t timeout_ns) {
  return client_.Wait(stop_fd, static_cast<int>(ToMilliseconds(timeout_ns)));
}

void CurlTransport::Cancel() { client_.Cancel(); }

}  // namespace tcpgauge
