// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent.h"

#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "exporter/web/web_config_metrics.h"
#include "src/agent/describe_agent.h"
#include "src/agent/engine_options.h"
#include "src/agent/memory_fit.h"
#include "src/agent/open_sources.h"
#include "src/agent/otlp_push.h"
#include "src/agent/web_server.h"
#include "src/base/clock.h"
#include "src/base/log.h"
#include "src/base/named_thread.h"
#include "src/base/signals.h"

namespace tcpgauge {
namespace {

// Compiling a filter may take a minute, and opening a named pipe waits for its writer. Nothing is open before that
// would have to be closed in order.
auto OpenSourcesInterruptibly(const Options& options, uint64_t hash_seed) {
  const EndAtOnceOnSignals guard;
  return OpenSources(options, hash_seed);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Agent>> Agent::Open(const Options& options, const Identity& identity,
                                                   const Haste* haste) {
  const auto otel = OtelSettingsOf(options);
  if (!otel.ok()) return otel.status();
  const bool pushes = otel->push || otel->console;
  const uint64_t memory_limit_bytes = MemoryLimitOf(options);
  EngineOptions engine_options = EngineOptionsOf(options, pushes);
  const auto plan = FitToMemory(options, pushes, memory_limit_bytes, &engine_options);
  if (!plan.ok()) return plan.status();

  std::unique_ptr<Agent> agent(new Agent(options, haste));
  auto names = EndNames::Open(options, plan->max_endpoints);
  if (!names.ok()) return names.status();
  agent->names_ = *std::move(names);
  if (agent->names_ != nullptr) engine_options.collector.identities = &agent->names_->hub();
  absl::Status status = agent->OpenCapture(engine_options, identity);
  if (status.ok()) status = agent->OpenServer(*plan, memory_limit_bytes);
  if (status.ok()) status = agent->OpenPusher(*otel, plan->push_queue_bytes);
  if (!status.ok()) return status;
  return agent;
}

Agent::Agent(const Options& options, const Haste* haste)
    : options_(options), haste_(*haste), log_patience_(&SystemClock(), haste) {
  DescribeAgent(options_, &metrics_);
}

Agent::~Agent() {
  if (names_ != nullptr) names_->Stop();  // before the engine that it posts to is destroyed
  if (server_stopper_.joinable()) server_stopper_.join();
}

absl::Status Agent::OpenCapture(const EngineOptions& engine_options, const Identity& identity) {
  auto sources = OpenSourcesInterruptibly(options_, engine_options.table.hash_seed);
  if (!sources.ok()) return sources.status();
  if (absl::Status status = OpenConnectionLog(identity); !status.ok()) return status;
  for (const auto& source : sources->front()) LogDebug("capturing", {{"source", source->name()}});
  std::vector<EndedQueue*> ended;
  for (size_t i = 0; connection_log_ != nullptr && i < sources->size(); ++i) {
    ended.push_back(connection_log_->AddQueue(/*may_wait=*/!engine_options.worker.live));
  }
  engine_ = std::make_unique<CaptureEngine>(engine_options, *std::move(sources), ended, &SystemClock(),
                                            [](const absl::Status& status) {
                                              LogError("capture ended", {{"error", std::string(status.message())}});
                                            });
  return absl::OkStatus();
}

absl::Status Agent::OpenConnectionLog(const Identity& identity) {
  if (options_.connection_log.empty()) return absl::OkStatus();
  const EndAtOnceOnSignals guard;  // a named pipe that may only be written waits for its reader
  auto opened = ConnectionLog::Open(
      options_.connection_log, &log_patience_,
      {metrics_.Counter(Metric::kConnectionLogLines), metrics_.Counter(Metric::kConnectionLogLost, {"queue_full"}),
       metrics_.Counter(Metric::kConnectionLogLost, {"write_error"})});
  if (!opened.ok()) return opened.status();
  connection_log_ = *std::move(opened);
  return identity.changes ? connection_log_->GiveTo(identity.uid, identity.gid) : absl::OkStatus();
}

absl::Status Agent::OpenServer(const MemoryPlan& plan, uint64_t memory_limit_bytes) {
  if (!options_.web_config_file.empty()) {
    auto opened =
        WebSecurity::Open(options_.web_config_file, std::make_unique<WebConfigMetrics>(&metrics_, SystemClock()));
    if (!opened.ok()) return opened.status();
    web_security_ = *std::move(opened);
  }
  if (options_.listen_addresses.empty()) return absl::OkStatus();
  if (absl::Status status = CheckWebOptions(options_); !status.ok()) return status;
  WebSources sources = WebSourcesOf(options_, plan, memory_limit_bytes, *engine_, &metrics_);
  sources.host_names = HostNamesOf(options_, machine_names_, web_security_.get());
  auto opened = OpenWebServer(options_.listen_addresses, sources, web_security_.get());
  if (absl::IsAlreadyExists(opened.status()) && options_.may_serve_nothing) {
    const std::string& address = options_.listen_addresses.front();
    notice_ = absl::StrCat("no HTTP, ", address.substr(address.rfind(':') + 1), " busy");
    return absl::OkStatus();
  }
  if (!opened.ok()) return opened.status();
  server_ = *std::move(opened);
  return absl::OkStatus();
}

absl::Status Agent::OpenPusher(const OtelSettings& settings, size_t queue_bytes) {
  auto pusher = MakeOtlpPusher(settings, options_, hub(), &haste_, &metrics_, queue_bytes, urls());
  if (!pusher.ok()) return pusher.status();
  pusher_ = *std::move(pusher);
  return absl::OkStatus();
}

absl::Status Agent::Serve() {
  if (names_ != nullptr) {
    absl::Status named =
        names_->Start([this](const std::shared_ptr<const IdentityMap>& map) { engine_->PostIdentities(map); });
    if (!named.ok()) return named;
  }
  if (server_ != nullptr) {
    if (absl::Status serving = server_->Serve(); !serving.ok()) return serving;
    machine_names_.LookUp();
    for (const std::string& url : server_->urls()) LogInfo("listening", {{"address", url}});
  }
  if (connection_log_ != nullptr) connection_log_->Start();
  engine_->Start();
  if (pusher_ != nullptr) pusher_->Start();
  return absl::OkStatus();
}

absl::Status Agent::StopCapture() {
  if (capture_status_.has_value()) return *capture_status_;
  StopServer();
  if (names_ != nullptr) names_->BeginStop();
  log_patience_.BeginEnd();
  capture_status_ = engine_->Stop();
  if (pusher_ != nullptr && haste_.begun()) pusher_->BeginStop();
  return *capture_status_;
}

void Agent::StopServer() {
  if (server_ == nullptr) return;
  // Without a thread, the destructor of the server stops it.
  std::optional<std::thread> stopper = TryNamedThread("http-stop", [this] { server_->Stop(); });
  if (stopper.has_value()) server_stopper_ = *std::move(stopper);
}

absl::Status Agent::FinishConnectionLog() {
  if (log_status_.has_value()) return *log_status_;
  log_status_ = StopCapture();
  if (connection_log_ == nullptr) return *log_status_;
  engine_->EndConnections();
  if (const uint64_t lost = connection_log_->Finish(); lost > 0) {
    log_status_->Update(absl::UnavailableError(
        absl::StrCat("connection log '", options_.connection_log, "' is not complete; lines lost: ", lost)));
  }
  return *log_status_;
}

absl::Status Agent::Stop() {
  const absl::Status status = FinishConnectionLog();
  if (pusher_ != nullptr) pusher_->Stop();
  if (names_ != nullptr) names_->Stop();
  if (server_stopper_.joinable()) server_stopper_.join();
  return status;
}

void Agent::ReopenConnectionLog() {
  if (connection_log_ != nullptr) connection_log_->Reopen();
}

std::vector<std::string> Agent::urls() const {
  return server_ != nullptr ? server_->urls() : std::vector<std::string>();
}

}  // namespace tcpgauge
