// SPDX-License-Identifier: Apache-2.0
// Options and wiring; what there is to decide is decided in the parts.

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exporter/http/http_server.h"
#include "exporter/http/tls_context.h"
#include "exporter/http/web_security.h"
#include "exporter/log/connection_log.h"
#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/output_stats.h"
#include "exporter/metrics/process_stats.h"
#include "exporter/metrics/text_writer.h"
#include "exporter/web/connections_json.h"
#include "exporter/web/web_routes.h"
#include "src/agent/agent_setup.h"
#include "src/agent/otlp_push.h"
#include "src/attach/attached_agent.h"
#include "src/base/build_commit.h"
#include "src/base/log.h"
#include "src/base/signals.h"
#include "src/base/stop_signal.h"
#include "src/base/version.h"
#include "src/base/wakeup.h"
#include "src/capture/capture_engine.h"
#include "src/capture/interface_list.h"
#include "src/capture/live_source.h"
#include "src/http_client/http_client.h"
#include "src/memory/cgroup_limit.h"
#include "src/memory/memory_plan.h"
#include "src/options/command_line.h"
#include "src/options/option_value.h"
#include "src/privilege/drop_privileges.h"
#include "src/privilege/identity.h"
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
  const auto plan = FitToMemory(DemandOf(options, engine_options, pushes), options, max_memory_bytes);
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
