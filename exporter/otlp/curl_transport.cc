#include "exporter/otlp/curl_transport.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr int64_t kNanosecondsPerMillisecond = 1000000;

// Rounded up, so that a wait never ends just before what it was for.
int64_t ToMilliseconds(int64_t ns) {
  const int64_t ms = ns / kNanosecondsPerMillisecond + (ns % kNanosecondsPerMillisecond > 0);
  return std::min<int64_t>(ms, std::numeric_limits<int>::max());
}

std::vector<std::string> HeadersOf(const CurlTransportOptions& options) {
  std::vector<std::string> headers = {
      absl::StrCat("Content-Type: ", OtlpContentType(options.format)),
      "Expect:",  // curl would ask first and wait for a second where nothing answers to that
  };
  if (options.gzip) headers.push_back("Content-Encoding: gzip");
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
  return options;
}

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  if (path.empty()) return "";
  return ReadSmallFile(path);
}

}  // namespace

CurlTransport::CurlTransport(CurlTransportOptions options)
    : options_(std::move(options)), headers_(HeadersOf(options_)), client_(ClientOptions()) {}

absl::StatusOr<std::unique_ptr<CurlTransport>> CurlTransport::Create(CurlTransportOptions options) {
  std::unique_ptr<CurlTransport> transport(new CurlTransport(std::move(options)));
  const absl::Status status = transport->ReadTls();
  if (!status.ok()) return status;
  return transport;
}

std::array<FileStamp, 3> CurlTransport::TlsStamps() const {
  return {FileStamp::Of(options_.tls.ca_file), FileStamp::Of(options_.tls.cert_file),
          FileStamp::Of(options_.tls.key_file)};
}

absl::Status CurlTransport::ReadTls() {
  tls_stamps_ = TlsStamps();
  const absl::StatusOr<std::string> ca = ReadPem(options_.tls.ca_file);
  const absl::StatusOr<std::string> cert = ReadPem(options_.tls.cert_file);
  const absl::StatusOr<std::string> key = ReadPem(options_.tls.key_file);
  for (const auto* pem : {&ca, &cert, &key}) {
    if (!pem->ok()) return pem->status();
  }
  client_.UseTls(ClientTlsPem{*ca, *cert, *key});
  return absl::OkStatus();
}

void CurlTransport::Start(const std::string& body, int64_t timeout_ns) {
  if (!(tls_stamps_ == TlsStamps())) {
    if (const absl::Status status = ReadTls(); !status.ok()) {
      LogWarn("a file of the OTLP receiver's TLS has changed and cannot be read; the former stays in use",
              {{"error", std::string(status.message())}});
    }
  }
  HttpCall call;
  call.url = options_.url;
  call.headers = headers_;
  call.post_body = &body;
  call.timeout_ms = std::max<int64_t>(ToMilliseconds(timeout_ns), 1);  // 0 would be for ever
  client_.Start(call);
}

std::optional<absl::StatusOr<HttpAnswer>> CurlTransport::Wait(int stop_fd, int64_t timeout_ns) {
  return client_.Wait(stop_fd, static_cast<int>(ToMilliseconds(timeout_ns)));
}

void CurlTransport::Cancel() { client_.Cancel(); }

}  // namespace tcpgauge
