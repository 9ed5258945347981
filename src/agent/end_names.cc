// SPDX-License-Identifier: Apache-2.0
#include "src/agent/end_names.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "src/agent/agent_name.h"
#include "src/base/log.h"
#include "src/base/version.h"
#include "src/http_client/http_client.h"
#include "src/identity/local_sources.h"
#include "src/kube/service_account.h"
#include "src/naming/identity_level.h"
#include "src/naming/name_rule.h"

namespace tcpgauge {
namespace {

std::string NodeOf(const Options& options) {
  if (!options.identity_node.empty()) return options.identity_node;
  std::string host = AgentName();
  return IsName(host) ? host : "";
}

KubeOptions KubeOptionsOf(const Options& options, size_t max_endpoints) {
  KubeOptions kube;
  kube.level = options.identity;
  absl::string_view server = options.identity_api;
  while (absl::ConsumeSuffix(&server, "/")) continue;
  kube.server = std::string(server);
  // Whoever sees a token can use it, so it never travels unencrypted. A proxy on this host has one of its own.
  if (absl::StartsWithIgnoreCase(server, "https:")) {
    kube.account = ServiceAccountFiles{options.identity_token_file, options.identity_ca_file};
  }
  kube.node = NodeOf(options);
  kube.user_agent = absl::StrCat("tcpgauge/", kVersion);
  kube.max_endpoints = max_endpoints;
  return kube;
}

}  // namespace

absl::Status EndNames::Check(const Options& options) {
  const std::string& url = options.identity_api;
  if (url.empty()) return absl::OkStatus();
  const absl::Status status = HttpClient::CheckUrl(url);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(
      "--identity.api or KUBERNETES_SERVICE_HOST: '", url,
      "' is not the URL of a Kubernetes API: ", std::string(status.message()), "; right would be https://HOST:6443"));
}

absl::StatusOr<std::unique_ptr<EndNames>> EndNames::Open(const Options& options, size_t max_endpoints) {
  if (absl::Status status = Check(options); !status.ok()) return status;
  if (!NamesEnds(options)) return nullptr;
  std::unique_ptr<EndNames> names(new EndNames);
  if (options.read_file.empty()) {
    if (!options.identity_file.empty()) names->file_to_write_.emplace(options.identity_file);
    names->MakeSources(options, max_endpoints);
    return names;
  }
  auto map = ReadIdentityFile(options.identity_file, max_endpoints);
  if (!map.ok()) return map.status();
  names->map_from_file_ = *std::move(map);
  return names;
}

EndNames::~EndNames() { Stop(); }

void EndNames::MakeSources(const Options& options, size_t max_endpoints) {
  local_sources_ = MakeLocalSources(
      {options.procfs_path, options.cgroup_path, options.container_logs_path, NodeOf(options)}, SystemClock());
  IdentityMaker::Options maker;
  for (const auto& source : local_sources_) maker.sources.push_back(source.get());
  if (options.identity >= IdentityLevel::kNode) {
    kube_ = std::make_unique<KubeSources>(KubeOptionsOf(options, max_endpoints), &SystemClock());
    for (IdentitySource* source : kube_->sources()) maker.sources.push_back(source);
    maker.add_counters = [this](IdentityCounters* counters) { AddKubeCounters(counters); };
  }
  maker.max_endpoints = max_endpoints;
  maker.clock = &SystemClock();
  maker.hub = &hub_;
  maker.post = [this](const std::shared_ptr<const IdentityMap>& map) { Publish(map); };
  maker_ = std::make_unique<IdentityMaker>(std::move(maker));
}

absl::Status EndNames::Start(Post post) {
  post_ = std::move(post);
  if (map_from_file_ != nullptr) {
    IdentityCounters counters;
    counters.sources = {{"file", true}};
    counters.endpoints = map_from_file_->named_ends();
    hub_.SetCounters(std::move(counters));
    hub_.Publish(map_from_file_);
    post_(map_from_file_);
    return absl::OkStatus();
  }
  maker_->Round();
  if (!write_status_.ok()) return write_status_;
  if (kube_ != nullptr) kube_->Start();
  thread_ = std::make_unique<IdentityThread>(maker_.get());
  return absl::OkStatus();
}

void EndNames::BeginStop() {
  if (kube_ != nullptr) kube_->BeginStop();
}

void EndNames::Stop() {
  BeginStop();
  thread_.reset();
  if (kube_ != nullptr) kube_->Stop();
}

void EndNames::Publish(const std::shared_ptr<const IdentityMap>& map) {
  post_(map);
  const bool is_first = !std::exchange(has_published_, true);
  if (!file_to_write_.has_value()) return;
  const absl::Status written = file_to_write_->Write(map);
  if (is_first) {
    write_status_ = written;
  } else if (!written.ok()) {
    if (const std::optional<uint64_t> suppressed = write_errors_.Admit()) {
      LogWarn("names cannot be written; the old file stays",
              {{"error", std::string(written.message())}, {"suppressed", *suppressed}});
    }
  }
}

void EndNames::AddKubeCounters(IdentityCounters* counters) const {
  uint64_t overflows = 0, events_skipped = 0;
  for (const KubeCounts& counts : kube_->Counts()) {
    counters->relists += counts.list_watch.relists;
    counters->events += counts.list_watch.events;
    overflows += counts.overflows;
    events_skipped += counts.list_watch.lines_too_long + counts.list_watch.lines_invalid;
  }
  counters->overflows.push_back({"kubernetes_objects", overflows});
  counters->overflows.push_back({"kubernetes_events", events_skipped});
}

}  // namespace tcpgauge
