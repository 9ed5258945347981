// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/web_security.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "exporter/http/web_config_change.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr int kMaxSettleTimes = 4;

RequestGuard::Decision Refuse(int status, std::string body) {
  RequestGuard::Decision decision;
  decision.verdict = RequestGuard::Verdict::kRefuse;
  decision.refusal.status = status;
  decision.refusal.body = std::move(body);
  return decision;
}

RequestGuard::Decision RefuseCredentials() {
  RequestGuard::Decision decision = Refuse(401, "401 unauthorized\n");
  decision.refusal.headers.emplace_back("WWW-Authenticate", "Basic realm=\"tcpgauge\", charset=\"UTF-8\"");
  return decision;
}

bool IsHealthPath(const std::string& path) { return path == "/-/healthy" || path == "/-/ready"; }

std::string Credentials(const HttpRequest& request) { return request.Header("Authorization").value_or(""); }

void WarnOfWeakness(const std::string& file, const WebConfig& config) {
  if (config.tls.has_value() && config.tls->LowestVersion() < TlsVersion::kTls12) {
    LogWarn("web configuration allows versions of TLS that are not safe; use min_version: TLS12", {{"file", file}});
  }
  if (!config.tls.has_value() && config.basic_auth_users.empty()) {
    LogWarn("web configuration has neither tls_server_config nor basic_auth_users; anybody may read all pages",
            {{"file", file}});
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<WebSecurity>> WebSecurity::Open(const std::string& file,
                                                               std::unique_ptr<WebConfigObserver> observer,
                                                               int64_t settle_ns, const Clock& clock) {
  std::unique_ptr<WebSecurity> security(new WebSecurity(file, std::move(observer), settle_ns, clock));
  Stamps stamps;
  absl::StatusOr<std::shared_ptr<const Loaded>> loaded = security->Load(nullptr, &stamps);
  constexpr int kWaits = 10;
  for (int wait = 0; wait < kWaits && !security->AreOld(stamps); ++wait) {
    absl::SleepFor(absl::Nanoseconds(settle_ns / 2));
    loaded = security->Load(nullptr, &stamps);
  }
  if (!loaded.ok()) return loaded.status();
  WarnOfWeakness(file, (*loaded)->config);
  if (security->observer_ != nullptr) security->observer_->OnRead(true);
  // No other thread knows the object yet, but clang cannot see that.
  const MutexLock look_lock(&security->look_mutex_);
  const MutexLock lock(&security->in_force_mutex_);
  security->stamps_ = std::move(stamps);
  security->in_force_ = *std::move(loaded);
  return security;
}

WebSecurity::Stamps WebSecurity::StampsOf(const std::vector<std::string>& paths) {
  Stamps stamps;
  for (const std::string& path : paths) {
    if (!path.empty()) stamps.emplace_back(path, FileStamp::Of(path));
  }
  return stamps;
}

WebSecurity::Stamps WebSecurity::Again(const Stamps& stamps) {
  Stamps again;
  for (const auto& [path, stamp] : stamps) again.emplace_back(path, FileStamp::Of(path));
  return again;
}

bool WebSecurity::AreOld(const Stamps& stamps) const {
  const int64_t now_ns = clock_.WallNanoseconds();
  for (const auto& [path, stamp] : stamps) {
    // A missing file has no time, and a time in the future tells nothing.
    if (stamp.size < 0 || now_ns - stamp.changed_ns < settle_ns_) return false;
  }
  return true;
}

absl::StatusOr<std::shared_ptr<const WebSecurity::Loaded>> WebSecurity::Load(const Loaded* in_force, Stamps* stamps) {
  *stamps = StampsOf({file_});
  const absl::StatusOr<std::string> text = ReadSmallFile(file_);
  if (!text.ok()) {
    return absl::Status(text.status().code(), absl::StrCat("web configuration ", text.status().message()));
  }
  absl::StatusOr<WebConfig> config = ParseWebConfig(*text, file_);
  if (!config.ok()) return config.status();
  if (!config->tls.has_value() && config->basic_auth_users.empty() && config->headers.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("web configuration ", file_,
                     ": has no settings; write basic_auth_users or tls_server_config into it, or leave "
                     "--web.config.file out to serve without protection"));
  }
  auto loaded = std::make_shared<Loaded>();
  loaded->config = *std::move(config);
  const BasicAuth::Users& users = loaded->config.basic_auth_users;
  if (!users.empty()) loaded->users = std::make_shared<BasicAuth>(users, &remembered_);
  if (loaded->config.tls.has_value()) {
    const TlsConfig& tls = *loaded->config.tls;
    loaded->tls_stamps = StampsOf({tls.cert_file, tls.key_file, tls.client_ca_file});
    stamps->insert(stamps->end(), loaded->tls_stamps.begin(), loaded->tls_stamps.end());
    if (in_force != nullptr && in_force->config.tls == tls && in_force->tls_stamps == loaded->tls_stamps) {
      loaded->tls = in_force->tls;
      return loaded;
    }
    absl::StatusOr<std::shared_ptr<const TlsContext>> context = TlsContext::Load(tls);
    if (!context.ok()) {
      return absl::Status(context.status().code(),
                          absl::StrCat("web configuration ", file_, ": ", context.status().message()));
    }
    loaded->tls = *std::move(context);
  }
  return loaded;
}

void WebSecurity::Look() {
  Stamps stamps = Again(stamps_);
  if (was_at_rest_ && stamps == stamps_) {
    change_.reset();
    return;
  }
  const int64_t now_ns = clock_.SteadyNanoseconds();
  if (!change_.has_value()) change_ = Change{stamps, now_ns, now_ns};
  if (!(change_->stamps == stamps)) {
    change_->stamps = std::move(stamps);
    change_->rest_ns = now_ns;
  }
  const bool is_at_rest = AreOld(change_->stamps) || now_ns - change_->rest_ns >= settle_ns_;
  const bool has_waited = now_ns - change_->begin_ns >= kMaxSettleTimes * settle_ns_;
  if (is_at_rest || has_waited) Reload(is_at_rest);
}

void WebSecurity::Reload(bool is_at_rest) {
  const std::shared_ptr<const Loaded> in_force = InForce();
  Stamps stamps;
  absl::StatusOr<std::shared_ptr<const Loaded>> loaded = Load(in_force.get(), &stamps);
  // If a file was written during the reading, what was read may be of two versions. The next look reads it again.
  if (!(Again(stamps) == stamps)) return;
  stamps_ = std::move(stamps);
  was_at_rest_ = is_at_rest;
  change_.reset();
  absl::Status status = loaded.status();
  if (status.ok()) status = CheckWebConfigChange(in_force->config, (*loaded)->config);
  if (observer_ != nullptr) observer_->OnRead(status.ok());
  if (!status.ok()) {
    const std::string error = absl::StrCat(status.message());
    LogWarn("web configuration is wrong; the previous one stays in force", {{"file", file_}, {"error", error}});
    return;
  }
  LogInfo("web configuration read again", {{"file", file_}});
  WarnOfWeakness(file_, (*loaded)->config);
  const MutexLock lock(&in_force_mutex_);
  in_force_ = *std::move(loaded);
}

std::shared_ptr<const WebSecurity::Loaded> WebSecurity::InForce() {
  const MutexLock lock(&in_force_mutex_);
  return in_force_;
}

std::shared_ptr<const WebSecurity::Loaded> WebSecurity::Current() {
  if (look_mutex_.TryLock()) {
    Look();
    look_mutex_.Unlock();
  }
  return InForce();
}

std::shared_ptr<const TlsContext> WebSecurity::CurrentTls() { return Current()->tls; }

RequestGuard::Decision WebSecurity::Decide(const HttpRequest& request) {
  if (IsHealthPath(request.path)) return {};
  const std::shared_ptr<const Loaded> loaded = Current();
  if (!request.client_certificate.ok()) {
    return Refuse(403, absl::StrCat("403 forbidden: ", request.client_certificate.message(), "\n"));
  }
  if (loaded->users == nullptr) return {};
  switch (loaded->users->Recall(Credentials(request))) {
    case BasicAuth::Verdict::kGranted:
      return {};
    case BasicAuth::Verdict::kDenied:
      return RefuseCredentials();
    case BasicAuth::Verdict::kUnknown:
      break;
  }
  Decision decision;
  decision.verdict = Verdict::kCheckPassword;
  return decision;
}

RequestGuard::Decision WebSecurity::CheckPassword(const HttpRequest& request) {
  while (true) {
    const std::shared_ptr<const Loaded> loaded = Current();
    if (loaded->users == nullptr) return {};
    if (loaded->users->Check(Credentials(request)) != BasicAuth::Verdict::kGranted) return RefuseCredentials();
    // The users may have changed during the check. The password is remembered, so another check of the same hash is
    // quick.
    if (Current()->config.basic_auth_users == loaded->config.basic_auth_users) return {};
  }
}

void WebSecurity::AddHeaders(HttpResponse* response) {
  const std::shared_ptr<const Loaded> loaded = InForce();
  response->headers.insert(response->headers.end(), loaded->config.headers.begin(), loaded->config.headers.end());
}

}  // namespace tcpgauge
