// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_security.h"

#include "absl/strings/str_cat.h"
#include "exporter/http/web_config.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

HttpResponse Refusal(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WebSecurity>> WebSecurity::Open(const std::string& file) {
  std::unique_ptr<WebSecurity> security(new WebSecurity(file));
  Stamps stamps;
  absl::StatusOr<std::shared_ptr<const Loaded>> loaded = security->Load(&stamps);
  if (!loaded.ok()) return loaded.status();
  const MutexLock lock(&security->mutex_);  // no other thread knows it yet, but clang cannot see that
  security->stamps_ = std::move(stamps);
  security->loaded_ = *std::move(loaded);
  return security;
}

WebSecurity::Stamps WebSecurity::StampsOf(const std::vector<std::string>& paths) {
  Stamps stamps;
  for (const std::string& path : paths) {
    if (!path.empty()) stamps.emplace_back(path, FileStamp::Of(path));
  }
  return stamps;
}

absl::StatusOr<std::shared_ptr<const WebSecurity::Loaded>> WebSecurity::Load(Stamps* stamps) const {
  *stamps = StampsOf({file_});
  const absl::StatusOr<std::string> text = ReadSmallFile(file_);
  if (!text.ok()) return absl::InvalidArgumentError(absl::StrCat("web configuration ", text.status().message()));
  absl::StatusOr<WebConfig> config = ParseWebConfig(*text, file_);
  if (!config.ok()) return config.status();
  auto loaded = std::make_shared<Loaded>();
  loaded->headers = std::move(config->headers);
  if (!config->basic_auth_users.empty()) {
    loaded->users = std::make_shared<BasicAuth>(std::move(config->basic_auth_users));
  }
  if (config->tls.has_value()) {
    const Stamps named = StampsOf({config->tls->cert_file, config->tls->key_file, config->tls->client_ca_file});
    stamps->insert(stamps->end(), named.begin(), named.end());
    absl::StatusOr<std::shared_ptr<const TlsContext>> tls = TlsContext::Load(*config->tls);
    if (!tls.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("web configuration ", file_, ": ", tls.status().message()));
    }
    loaded->tls = *std::move(tls);
  }
  return loaded;
}

std::shared_ptr<const WebSecurity::Loaded> WebSecurity::Current() {
  const MutexLock lock(&mutex_);
  bool has_changed = false;
  for (const auto& [path, stamp] : stamps_) has_changed = has_changed || !(FileStamp::Of(path) == stamp);
  if (!has_changed) return loaded_;
  absl::StatusOr<std::shared_ptr<const Loaded>> loaded = Load(&stamps_);
  if (loaded.ok() && ((*loaded)->tls == nullptr) != (loaded_->tls == nullptr)) {
    loaded = absl::InvalidArgumentError(
        absl::StrCat("web configuration ", file_, ": switching TLS on or off needs a restart"));
  }
  if (loaded.ok()) {
    loaded_ = *std::move(loaded);
    LogInfo("web configuration read again", {{"file", file_}});
  } else {
    LogWarn("web configuration is wrong; the previous one stays in force",
            {{"error", std::string(loaded.status().message())}});
  }
  return loaded_;
}

std::shared_ptr<const TlsContext> WebSecurity::CurrentTls() { return Current()->tls; }

HttpHandler WebSecurity::Guard(HttpHandler handler) {
  return [this, handler = std::move(handler)](const HttpRequest& request) {
    const std::shared_ptr<const Loaded> loaded = Current();
    const auto answer = [&]() -> HttpResponse {
      if (request.path == "/-/healthy" || request.path == "/-/ready") return handler(request);
      if (!request.client_certificate.ok()) {
        return Refusal(403, absl::StrCat("403 forbidden: ", request.client_certificate.message(), "\n"));
      }
      if (loaded->users == nullptr) return handler(request);
      switch (loaded->users->Check(request.Header("Authorization").value_or(""))) {
        case BasicAuth::Verdict::kGranted:
          return handler(request);
        case BasicAuth::Verdict::kBusy:
          return Refusal(503, "too many passwords are being checked, try again later\n");
        case BasicAuth::Verdict::kDenied:
          break;
      }
      HttpResponse refusal = Refusal(401, "401 unauthorized\n");
      refusal.headers.emplace_back("WWW-Authenticate", "Basic realm=\"tcpgauge\", charset=\"UTF-8\"");
      return refusal;
    };
    HttpResponse response = answer();
    response.headers.insert(response.headers.end(), loaded->headers.begin(), loaded->headers.end());
    return response;
  };
}

}  // namespace tcpgauge
