// Options and wiring; what there is to decide is decided in the parts.

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exporter/connection_log.h"
#include "exporter/connections_json.h"
#include "exporter/http_server.h"
#include "exporter/make_exposition.h"
#include "exporter/output_stats.h"
#include "exporter/process_stats.h"
#include "exporter/series_plan.h"
#include "exporter/text_writer.h"
#include "exporter/tls_context.h"
#include "exporter/web_routes.h"
#include "exporter/web_security.h"
#include "src/attach/attached_agent.h"
#include "src/base/build_commit.h"
#include "src/base/log.h"
#include "src/base/stop_signal.h"
#include "src/base/version.h"
#include "src/base/wakeup.h"
#include "src/capture/pcap_source.h"
#include "src/capture_engine.h"
#include "src/http/http_client.h"
#include "src/memory/cgroup_limit.h"
#include "src/memory/memory_plan.h"
#include "src/options/command_line.h"
#include "src/options/option_value.h"
#include "src/otlp_push.h"
#include "src/privilege/drop_privileges.h"
#include "src/privilege/identity.h"
#include "src/signals.h"
#include "tui/table_text.h"
#include "tui/top_view.h"

namespace tcpgauge {
namespace {

constexpr int kExitFailure = 1;  // of the environment: privilege, a resource, a damaged file
constexpr int kExitUsage = 2;    // of what was asked for

int ExitStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return EXIT_SUCCESS;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
      return kExitUsage;
    default:
      return kExitFailure;
  }
}

int Fail(const absl::Status& status) {
  fprintf(stderr, "tcpgauge: %s\n", OneLine(std::string(status.message())).c_str());
  return ExitStatus(status);
}

// An address that cannot be listened on is a wrong value, unless the privilege for it is what lacks.
int FailOfAddress(const absl::Status& status) {
  const int exit_status = Fail(status);
  return absl::IsPermissionDenied(status) ? exit_status : kExitUsage;
}

int PrintInterfaces() {
  const auto interfaces = ListInterfaces();
  if (!interfaces.ok()) return Fail(interfaces.status());
  for (const InterfaceDescription& interface : *interfaces) {
    printf("%s%s%s%s%s\n", OneLine(interface.name).c_str(), interface.up ? "" : " (down)",
           interface.loopback ? " (loopback)" : "", interface.addresses.empty() ? "" : "  ",
           absl::StrJoin(interface.addresses, " ").c_str());
  }
  return EXIT_SUCCESS;
}

int64_t ToNanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

// Those of each worker; of several that read a file, the first has the file.
absl::StatusOr<std::vector<std::vector<std::unique_ptr<PacketSource>>>> OpenSources(const Options& options) {
  const size_t workers = static_cast<size_t>(options.workers);
  std::vector<std::vector<std::unique_ptr<PacketSource>>> sources(workers);
  if (!options.read_file.empty()) {
    auto file = OpenFile(options.read_file, options.filter);
    if (!file.ok()) return file.status();
    sources[0].push_back(*std::move(file));
    return sources;
  }
  std::vector<std::string> names = options.interfaces;
  if (names.empty()) {
    const auto name = DefaultInterface();
    if (!name.ok()) return name.status();
    names.push_back(*name);
  }
  LiveOptions live;
  live.filter = options.filter;
  live.promiscuous = options.promiscuous;
  live.snaplen_bytes = options.snaplen_bytes;
  live.buffer_size_kib = options.buffer_size_kib;
  live.wait = options.wait;
  for (const std::string& name : names) {
    if (workers == 1) {
      auto source = OpenInterface(name, live);
      if (!source.ok()) return source.status();
      sources[0].push_back(*std::move(source));
      continue;
    }
    auto shared = OpenSharedInterface(name, live, workers);
    if (!shared.ok()) return shared.status();
    for (size_t i = 0; i < shared->size(); ++i) sources[i].push_back(std::move((*shared)[i]));
  }
  return sources;
}

SeriesPlan PlanOf(const Options& options) {
  return PlanSeries(static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections),
                    static_cast<size_t>(options.metrics_edges));
}

// `pushes`: somebody reads snapshots though nobody sees them.
EngineOptions EngineOptionsOf(const Options& options, bool pushes) {
  EngineOptions engine;
  engine.table.max_connections = options.max_connections;
  engine.table.new_only = options.new_only;
  engine.table.remove_after_ns = ToNanoseconds(options.remove_after_seconds);
  engine.table.idle_timeout_ns = ToNanoseconds(options.idle_timeout_seconds);
  if (getrandom(&engine.table.hash_seed, sizeof(engine.table.hash_seed), 0) < 0) abort();
  engine.table.rate_tick_ns = options.fast ? kNanosecondsPerSecond / 10 : kNanosecondsPerSecond;
  engine.table.rate_window_ns = ToNanoseconds(options.rate_window_seconds);
  engine.table.ranking_window_ns = ToNanoseconds(options.metrics_window_seconds);
  engine.worker.live = options.read_file.empty();
  const bool shown_live = options.tui || !options.listen_addresses.empty();
  engine.worker.publish = shown_live || pushes || options.output != OutputFormat::kNone;
  engine.worker.stay_at_end = shown_live && options.output == OutputFormat::kNone;
  engine.worker.publish_interval_ns = engine.table.rate_tick_ns;
  engine.table.keep_rates = engine.worker.publish;
  engine.table.max_recently_ended = static_cast<size_t>(options.metrics_connections);
  engine.table.edges.max_exported = PlanOf(options).edges;
  engine.table.edges.v4_prefix_bits = options.client_prefix_v4_bits;
  engine.table.edges.v6_prefix_bits = options.client_prefix_v6_bits;
  engine.collector.exported_connections = static_cast<size_t>(options.metrics_connections);
  engine.collector.capture_start_time_ns = SystemClock().WallNanoseconds();
  engine.collector.rate_window_seconds = options.rate_window_seconds;
  return engine;
}

MemoryDemand DemandOf(const Options& options, const EngineOptions& engine, bool pushes) {
  MemoryDemand demand;
  demand.table = engine.table;
  demand.workers = static_cast<size_t>(options.workers);
  if (options.read_file.empty()) {
    const size_t interfaces = std::max<size_t>(options.interfaces.size(), 1);
    // Of several workers, the first keeps a spare socket for each interface.
    const size_t sockets = interfaces * (demand.workers + (demand.workers > 1 ? 1 : 0));
    const int buffer_kib = options.buffer_size_kib > 0 ? options.buffer_size_kib : kDefaultBufferKib;
    demand.capture_buffer_bytes = sockets * static_cast<uint64_t>(buffer_kib) * 1024;
  }
  demand.listeners = options.listen_addresses.size();
  demand.tls = !options.web_config_file.empty();
  demand.pushes = pushes;
  demand.shows_top_view = options.tui;
  demand.logs_connections = !options.connection_log.empty();
  demand.series_limit = static_cast<size_t>(options.series_limit);
  return demand;
}

// What was asked for, made smaller where memory is limited.
absl::StatusOr<MemoryPlan> PlanOf(const MemoryDemand& demand, const Options& options, uint64_t limit_bytes) {
  if (limit_bytes == 0) return PlanWithoutLimit(demand);
  if (PlanWithoutLimit(demand).bytes > limit_bytes / 2) KeepHeapTight();
  const std::optional<MemoryPlan> fitting = PlanMemory(demand, limit_bytes);
  const MemoryPlan plan = fitting.value_or(LeastPlan(demand));
  if (!fitting.has_value()) {
    if (options.max_memory_bytes > 0) {
      return absl::InvalidArgumentError(absl::StrCat("--max-memory: '", ToMebibytes(limit_bytes),
                                                     "' is too little for the other options; right would be ",
                                                     ToMebibytes(plan.bytes), " or more"));
    }
    LogWarn("the control group allows less memory than the agent may need",
            {{"allowed", ToMebibytes(limit_bytes)}, {"needed", ToMebibytes(plan.bytes)}});
  }
  if (plan.max_connections < demand.table.max_connections) {
    LogInfo("fewer connections than asked for, so that memory suffices",
            {{"max_memory", ToMebibytes(limit_bytes)},
             {"max_connections", plan.max_connections},
             {"asked", demand.table.max_connections},
             {"listed", plan.rows_per_worker * demand.workers},
             {"concurrent_scrapes", plan.concurrent_scrapes}});
  }
  return plan;
}

std::string AgentName() {
  utsname host = {};
  return uname(&host) == 0 ? host.nodename : "";
}

ExpositionLimits LimitsOf(const Options& options) {
  return {static_cast<size_t>(options.series_limit), static_cast<size_t>(options.metrics_connections)};
}

WebSources WebSourcesOf(const Options& options, const MemoryPlan& plan, uint64_t max_memory_bytes,
                        const CaptureEngine& engine, const OtlpPusher* pusher,
                        const ConnectionLogStatsSource& log_stats) {
  WebSources web;
  web.hub = &engine.hub();
  web.clock = &SystemClock();
  web.build = {kVersion, BuildCommit()};
  web.agent_name = AgentName();
  web.limits.max_connections = plan.max_connections;
  web.limits.concurrent_scrapes = plan.concurrent_scrapes;
  web.limits.concurrent_listings = plan.concurrent_listings;
  web.limits.listed_connections = plan.rows_per_worker;
  web.limits.http_connections = plan.http_connections;
  web.limits.max_memory_bytes = max_memory_bytes;
  web.limits.planned_memory_bytes = plan.bytes;
  web.limits.series_limit = static_cast<uint64_t>(options.series_limit);
  web.limits.metrics_edges = PlanOf(options).edges;
  web.limits.metrics_connections = static_cast<uint64_t>(options.metrics_connections);
  web.flags = options.effective;
  web.telemetry_path = options.telemetry_path;
  web.is_healthy = [&engine] { return engine.IsHealthy(); };
  web.is_ready = [&engine] { return engine.IsReady(); };
  if (pusher != nullptr) web.push_stats = [pusher] { return pusher->stats(); };
  web.connection_log_stats = log_stats;
  return web;
}

absl::StatusOr<std::unique_ptr<HttpServer>> OpenServer(const Options& options, WebSources sources,
                                                       WebSecurity* security) {
  HttpLimits limits;
  limits.connections = static_cast<unsigned>(sources.limits.http_connections);
  HttpHandler handler = WebRoutes(std::move(sources));
  TlsSource tls;
  if (security != nullptr) {
    handler = security->Guard(std::move(handler));
    if (security->CurrentTls() != nullptr) tls = [security] { return security->CurrentTls(); };
  }
  return HttpServer::Open(options.listen_addresses, std::move(handler), limits, std::move(tls));
}

std::string FinalState(const Options& options, const SnapshotHub& hub) {
  const auto metrics = [&](TextFormat format) {
    return WriteText(MakeExposition(hub.Current(), LimitsOf(options), {kVersion, BuildCommit()}, ReadProcessStats(), 0),
                     format);
  };
  switch (options.output) {
    case OutputFormat::kNone:
      break;
    case OutputFormat::kTable:
      return TableText(*hub.Current());
    case OutputFormat::kJson:
      return ConnectionsJson(*hub.Current(), {ConnectionSort::kBytes, false, "", std::numeric_limits<size_t>::max()},
                             AgentName());
    case OutputFormat::kPrometheus:
      return metrics(TextFormat::kPrometheus);
    case OutputFormat::kOpenMetrics:
      return metrics(TextFormat::kOpenMetrics);
  }
  return "";
}

absl::Status Print(const std::string& text) {
  if (fwrite(text.data(), 1, text.size(), stdout) == text.size() && fflush(stdout) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write to standard output: ", strerror(errno)));
}

// `log` may be null. What else can be read anew, certificates and the web configuration, is when it has changed.
void WaitForEnd(const StopSignal& stop, const CaptureEngine& engine, Wakeup* reload, ConnectionLog* log) {
  while (true) {
    pollfd fds[] = {{stop.fd(), POLLIN, 0}, {engine.finished_fd(), POLLIN, 0}, {reload->fd(), POLLIN, 0}};
    if (poll(fds, 3, -1) < 0) continue;  // interrupted by a signal that says nothing
    if (fds[0].revents != 0 || fds[1].revents != 0) return;
    reload->Clear();
    if (TerminalIsGone()) return;
    if (log != nullptr) log->Reopen();
  }
}

// Netfilter hands packets over to whom it trusts more than packet sockets ask for.
bool NeedsNetAdmin(const Options& options) {
  return std::any_of(options.interfaces.begin(), options.interfaces.end(), [](const std::string& name) {
    return absl::StartsWith(name, "nflog") || absl::StartsWith(name, "nfqueue");
  });
}

// It needs no privilege at all. The user stays unless one is named: keys and unix sockets are opened again with each
// connection, and who may is the one who asked.
absl::Status DropForAttached(const Options& options) {
  const auto identity = ChooseIdentity(options.user.value_or(""));
  return identity.ok() ? DropPrivileges(*identity) : identity.status();
}

int RunAttached(const Options& options) {
  const auto address = ParseAgentAddress(options.attach);
  if (!address.ok()) return Fail(address.status());
  if (const absl::Status terminal = CheckTopView(); !terminal.ok()) return Fail(terminal);
  if (const absl::Status dropped = DropForAttached(options); !dropped.ok()) return Fail(dropped);
  StopSignal stop;
  HandleSignals(&stop, nullptr);
  const auto agent = AttachedAgent::Attach(
      *address, {options.attach_ca_file, options.attach_cert_file, options.attach_key_file}, &SystemClock(), stop.fd());
  if (absl::IsCancelled(agent.status())) return EXIT_SUCCESS;
  if (!agent.ok()) return Fail(agent.status());
  const absl::Status status = RunTopView((*agent)->hub(), stop.fd(), (*agent)->wanted());
  return status.ok() ? EXIT_SUCCESS : Fail(status);
}

int Run(const Options& options) {
  if (options.list_interfaces) return PrintInterfaces();
  if (!options.attach.empty()) return RunAttached(options);
  SetUpLog(options.log_level, options.log_format);
  const auto identity = ChooseIdentity(options.user);
  if (!identity.ok()) return Fail(identity.status());
  if (const absl::Status kept = KeepOpeningCapabilities(NeedsNetAdmin(options)); !kept.ok()) return Fail(kept);
  StopSignal stop;
  Wakeup reload;
  HandleSignals(&stop, options.tui ? nullptr : &reload);

  if (options.tui) {
    if (const absl::Status terminal = CheckTopView(); !terminal.ok()) return Fail(terminal);
  }
  std::unique_ptr<LogHold> log_hold;
  if (options.tui) log_hold = std::make_unique<LogHold>();
  const OtelSettings otel = OtelSettingsOf(options);
  const bool pushes = otel.push || otel.console;
  EngineOptions engine_options = EngineOptionsOf(options, pushes);
  const uint64_t max_memory_bytes =
      options.max_memory_bytes > 0 ? options.max_memory_bytes : CgroupMemoryLimit().value_or(0);
  const auto plan = PlanOf(DemandOf(options, engine_options, pushes), options, max_memory_bytes);
  if (!plan.ok()) return Fail(plan.status());
  engine_options.table.max_connections = plan->max_connections;
  engine_options.table.max_encapsulations = plan->max_encapsulations;
  engine_options.worker.max_rows = plan->rows_per_worker;
  auto sources = OpenSources(options);
  if (!sources.ok()) return Fail(sources.status());
  std::unique_ptr<ConnectionLog> connection_log;
  if (!options.connection_log.empty()) {
    auto opened = ConnectionLog::Open(options.connection_log);
    if (!opened.ok()) return Fail(opened.status());
    connection_log = *std::move(opened);
    if (identity->changes) {
      if (const absl::Status given = connection_log->GiveTo(identity->uid, identity->gid); !given.ok())
        return Fail(given);
    }
  }

  for (const auto& source : sources->front()) LogDebug("capturing", {{"source", source->name()}});
  std::vector<EndedQueue*> ended;
  for (size_t i = 0; connection_log != nullptr && i < sources->size(); ++i) {
    ended.push_back(connection_log->AddQueue(!engine_options.worker.live));
  }
  CaptureEngine engine(engine_options, *std::move(sources), ended, &SystemClock(), [](const absl::Status& status) {
    LogError("capture ended", {{"error", std::string(status.message())}});
  });
  ConnectionLogStatsSource log_stats;
  if (connection_log != nullptr) log_stats = [log = connection_log.get()] { return log->stats(); };
  auto pusher = MakeOtlpPusher(otel, engine.hub(), LimitsOf(options), AgentName(), log_stats, plan->push_queue_bytes);
  if (!pusher.ok()) return Fail(pusher.status());
  std::unique_ptr<WebSecurity> web_security;
  if (!options.web_config_file.empty()) {
    auto opened = WebSecurity::Open(options.web_config_file);
    if (!opened.ok()) return Fail(opened.status());
    web_security = *std::move(opened);
  }
  std::unique_ptr<HttpServer> server;
  if (!options.listen_addresses.empty()) {
    auto opened = OpenServer(options, WebSourcesOf(options, *plan, max_memory_bytes, engine, pusher->get(), log_stats),
                             web_security.get());
    if (!opened.ok()) return FailOfAddress(opened.status());
    server = *std::move(opened);
  }
  // All is open. From here on there may be threads, and packets may be looked at.
  if (const absl::Status dropped = DropPrivileges(*identity); !dropped.ok()) return Fail(dropped);
  if (server != nullptr) {
    if (const absl::Status serving = server->Serve(); !serving.ok()) return Fail(serving);
    for (const std::string& url : server->urls()) LogInfo("listening", {{"address", url}});
  }
  if (connection_log != nullptr) connection_log->Start();
  engine.Start();
  if (*pusher != nullptr) (*pusher)->Start();
  if (options.duration_seconds > 0) StopAfter(options.duration_seconds);

  absl::Status status;
  if (options.tui) {
    status = RunTopView(engine.hub(), stop.fd());
  } else {
    WaitForEnd(stop, engine, &reload, connection_log.get());
  }
  if (server != nullptr) server->Stop();
  const absl::Status capture_status = engine.Stop();
  if (status.ok()) status = capture_status;
  const absl::Status printed = Print(FinalState(options, engine.hub()));  // what is known, even when capture failed
  if (status.ok()) status = printed;
  if (connection_log != nullptr && !connection_log->Finish() && status.ok()) {
    status = absl::UnavailableError(absl::StrCat("connection log '", options.connection_log, "' is not complete"));
  }
  if (*pusher != nullptr) (*pusher)->Stop();  // may take its time, so all else is done
  log_hold.reset();
  return status.ok() ? EXIT_SUCCESS : Fail(status);
}

int Main(int argc, char** argv) {
  const std::string version = VersionText(BuildCommit(), {{"libpcap", CaptureLibraryVersion()},
                                                          {"libmicrohttpd", HttpServer::LibraryVersion()},
                                                          {"libcurl", HttpClient::LibraryVersion()},
                                                          {"gnutls", TlsContext::LibraryVersion()}});
  const CommandLine command_line = ParseCommandLine(argc, argv, &getenv, version);
  if (const auto* answer = std::get_if<Answer>(&command_line)) {
    fputs(answer->text.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (const auto* error = std::get_if<UsageError>(&command_line)) {
    fprintf(stderr, "%s\n", error->message.c_str());
    return kExitUsage;
  }
  return Run(std::get<Options>(command_line));
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) { return tcpgauge::Main(argc, argv); }
