// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otlp_pusher.h"

#include <unistd.h>

#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "exporter/otlp/curl_transport.h"
#include "exporter/otlp/push_metrics.h"
#include "exporter/otlp/resource.h"
#include "src/base/gzip.h"
#include "src/base/log.h"
#include "src/base/named_thread.h"
#include "src/base/time_units.h"
#include "src/net/http_url.h"
#include "src/snapshot/listed_rows.h"

namespace tcpgauge {
namespace {

constexpr int kConsoleTimeoutMs = 1000;
constexpr int64_t kConsoleLogIntervalNs = 60 * kNanosecondsPerSecond;

PushLoopOptions LoopOptions(const OtelSettings& settings, const OtlpSources& sources) {
  PushLoopOptions options;
  options.receiver = WithoutCredentials(settings.url);
  options.format = settings.format;
  options.interval_ns = settings.interval_ms * kNanosecondsPerMillisecond;
  options.attempt_timeout_ns = settings.attempt_timeout_ms * kNanosecondsPerMillisecond;
  options.export_timeout_ns = settings.export_timeout_ms * kNanosecondsPerMillisecond;
  options.queue.max_bytes = sources.queue_bytes;
  options.haste = sources.haste;
  options.queue.random = [engine = std::mt19937(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>()(engine);
  };
  return options;
}

CurlTransportOptions TransportOptions(const OtelSettings& settings, const BuildInfo& build) {
  CurlTransportOptions options;
  options.url = settings.url;
  options.headers = settings.headers;
  options.format = settings.format;
  options.gzip = settings.gzip;
  options.tls = {settings.ca_file, settings.cert_file, settings.key_file};
  options.user_agent = absl::StrCat("tcpgauge/", build.version);
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OtlpPusher>> OtlpPusher::Create(const OtelSettings& settings,
                                                               const OtlpSources& sources) {
  auto transport = CurlTransport::Create(TransportOptions(settings, sources.build));
  if (!transport.ok()) return transport.status();
  return std::unique_ptr<OtlpPusher>(new OtlpPusher(settings, sources, *std::move(transport)));
}

OtlpPusher::OtlpPusher(const OtelSettings& settings, const OtlpSources& sources,
                       std::unique_ptr<PushTransport> transport)
    : sources_(sources),
      gzip_(settings.gzip),
      console_(STDOUT_FILENO, sources.haste),
      console_log_(*sources.clock, kConsoleLogIntervalNs),
      output_(sources.limits, sources.metrics),
      transport_(std::move(transport)),
      loop_(
          LoopOptions(settings, sources), MakePushMetrics(sources.metrics), [this] { return Collect(); },
          transport_.get(), sources.clock) {
  OtlpEncoderOptions options;
  options.scope_version = sources.build.version;
  options.resource =
      AgentResource(sources.build.version, sources.instance_id, sources.host_name, settings.resource_attributes);
  if (settings.console) {
    options.format = OtlpFormat::kJson;
    console_encoder_.emplace(options);
  }
  if (settings.push) {
    options.format = settings.format;
    options.temporality = settings.temporality;
    encoder_.emplace(options);
  }
}

OtlpPusher::~OtlpPusher() { Stop(); }

void OtlpPusher::Start() {
  thread_ = NamedThread("otlp", [this] { loop_.Run(stop_); });
}

void OtlpPusher::BeginStop() { stop_.Stop(); }

void OtlpPusher::Stop() {
  BeginStop();
  if (thread_.joinable()) thread_.join();
}

std::vector<OtlpRequest> OtlpPusher::Collect() {
  const std::shared_ptr<const Snapshot> snapshot = sources_.hub->Fresh(ListedRows::kFew);
  if (snapshot->sequence == 0) return {};  // there is no snapshot yet
  const int64_t begin_ns = sources_.clock->SteadyNanoseconds();
  const int64_t time_ns = sources_.clock->WallNanoseconds();
  const Exposition exposition = output_.Expose(snapshot);
  std::vector<OtlpRequest> requests;
  if (encoder_.has_value()) requests = encoder_->Encode(exposition, time_ns);
  for (OtlpRequest& request : requests) {
    if (gzip_) request.body = Gzip(request.body);
  }
  output_.SetDuration(sources_.clock->SteadyNanoseconds() - begin_ns);
  if (console_encoder_.has_value()) WriteToConsole(exposition, time_ns);
  return requests;
}

void OtlpPusher::WriteToConsole(const Exposition& exposition, int64_t time_ns) {
  for (const OtlpRequest& request : console_encoder_->Encode(exposition, time_ns)) {
    const absl::Status status = console_.WriteLine(request.body, kConsoleTimeoutMs);
    if (status.ok()) continue;
    if (const std::optional<uint64_t> suppressed = console_log_.Admit()) {
      LogWarn("cannot write metrics to standard output",
              {{"error", std::string(status.message())}, {"suppressed", *suppressed}});
    }
    return;
  }
}

}  // namespace tcpgauge
