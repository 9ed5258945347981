// SPDX-License-Identifier: Apache-2.0
// Starts, waits and ends. The functions that it calls make the decisions.

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/agent/agent.h"
#include "src/agent/agent_version.h"
#include "src/agent/check_options.h"
#include "src/agent/exit_status.h"
#include "src/agent/final_state.h"
#include "src/agent/open_sources.h"
#include "src/agent/passed_sockets.h"
#include "src/agent/print_interfaces.h"
#include "src/agent/run_attached.h"
#include "src/agent/status_line.h"
#include "src/agent/view_settings_of.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/log.h"
#include "src/base/named_thread.h"
#include "src/base/service_manager.h"
#include "src/base/shortage.h"
#include "src/base/signals.h"
#include "src/base/standard_descriptors.h"
#include "src/base/stop_signal.h"
#include "src/base/time_units.h"
#include "src/base/wakeup.h"
#include "src/options/command_line.h"
#include "src/options/option_value.h"
#include "src/options/options.h"
#include "src/options/unknown_variables.h"
#include "src/privilege/drop_privileges.h"
#include "src/privilege/dumpable.h"
#include "src/privilege/identity.h"
#include "tui/top_view.h"
#include "tui/view_settings.h"

namespace tcpgauge {
namespace {

const Haste* haste_of_process = nullptr;  // RunAgent() sets it

// Returns when the user or the system stops the agent, or when capture has ended by itself. SIGHUP continues the
// connection log in a new file, or ends the wait when the terminal is gone. Certificates and the web configuration need
// no signal: the server notices when they change. Tells the service manager whether capture makes progress.
void WaitForEnd(const StopSignal& stop, Wakeup* reload, Agent* agent) {
  const int tell_interval_ms = TellIntervalMs();
  while (true) {
    pollfd fds[] = {{stop.fd(), POLLIN, 0}, {agent->finished_fd(), POLLIN, 0}, {reload->fd(), POLLIN, 0}};
    const int ready = poll(fds, 3, tell_interval_ms);
    if (ready < 0) continue;  // a signal interrupted poll()
    if (fds[0].revents != 0 || fds[1].revents != 0) return;
    if (agent->IsHealthy()) {
      TellAlive(StatusLine(*agent->hub().Current()));
    } else {
      TellStuck("a capture thread makes no progress");
    }
    if (ready == 0) continue;
    reload->Clear();
    if (TerminalIsGone()) {
      EndSoon();
      return;
    }
    agent->ReopenConnectionLog();
  }
}

// Until the outputs are written, the guard of EndSoon() would cut them off.
int StatusBeforeOutputs(const Options& options) {
  const bool has_outputs = !options.connection_log.empty() || options.output != OutputFormat::kNone;
  return has_outputs ? kExitFailure : EXIT_SUCCESS;
}

// Prints the final state even when capture failed. Returns the first error.
absl::Status End(const Options& options, const Haste& haste, Agent* agent, absl::Status status) {
  status.Update(agent->FinishConnectionLog());
  status.Update(PrintFinalState(options, agent->hub(), haste));
  SetCutShortStatus(ExitStatusOf(status));
  status.Update(agent->Stop());
  return status;
}

// Writes the last line for the user, and waits until standard error has taken it. Does not wait for a reader that never
// reads. `haste` may be null.
void WriteLastLine(const std::string& text, const Haste* haste) {
  constexpr int64_t kAtLeastNs = 50 * kNanosecondsPerMillisecond;  // when other work has used up the time in haste
  if (!text.empty()) WriteErrorLine(text);
  int64_t timeout_ns = kNanosecondsPerSecond;
  if (haste != nullptr && haste->begun()) {
    timeout_ns = std::max(haste->deadline_ns() - SystemClock().SteadyNanoseconds(), kAtLeastNs);
  }
  FlushLog(timeout_ns);
}

absl::Status RunAgent(const Options& given) {
  const auto with_sockets = WithPassedSockets(given);
  if (!with_sockets.ok()) return with_sockets.status();
  const Options& options = *with_sockets;
  const auto identity = ChooseIdentity(options.user);
  if (!identity.ok()) return identity.status();
  absl::StatusOr<ViewSettings> view_settings = ViewSettings();
  if (options.tui) view_settings = ViewSettingsOf(options);
  if (!view_settings.ok()) return view_settings.status();
  if (absl::Status kept = KeepOpeningCapabilities(NeedsNetAdmin(options)); !kept.ok()) return kept;
  // Never destroyed, because a signal may come until the process ends.
  static StopSignal& stop = *new StopSignal;
  static Wakeup& reload = *new Wakeup;
  static Haste& haste = *new Haste;
  haste_of_process = &haste;
  HandleSignals(&stop, options.tui ? nullptr : &reload, &haste);

  if (options.tui) {
    if (absl::Status terminal = CheckTopView(); !terminal.ok()) return terminal;
  }
  const auto opened = Agent::Open(options, *identity, &haste);
  if (!opened.ok()) return opened.status();
  Agent* const agent = opened->get();
  // Everything is open. Threads may start, and packets may be parsed, only from here on.
  if (absl::Status dropped = DropPrivileges(*identity); !dropped.ok()) return dropped;
  StartLogThread();
  SetCutShortStatus(StatusBeforeOutputs(options));
  if (absl::Status serving = agent->Serve(); !serving.ok()) return serving;
  if (options.duration_seconds > 0) StopAfter(options.duration_seconds);
  TellReady(StatusLine(*agent->hub().Current()));

  absl::Status shown;
  if (options.tui) {
    shown = RunTopView(agent->hub(), stop.fd(), *view_settings, /*wanted=*/nullptr, agent->notice(), agent->history());
    if (!stop.stopped()) EndSoon();  // who leaves the view waits for the shell
  } else {
    WaitForEnd(stop, &reload, agent);
  }
  TellStopping();
  return End(options, haste, agent, shown);
}

absl::Status Run(const Options& options) {
  if (options.list_interfaces) return PrintInterfaces();
  SetUpLog(options.log_level, options.log_format);
  std::unique_ptr<LogHold> log_hold;  // until the top view has given the terminal back
  if (options.tui && !options.check) log_hold = std::make_unique<LogHold>();
  for (const std::string& warning : UnknownVariables(environ)) {
    LogWarn("unknown variable in the environment", {{"error", warning}});
  }
  if (options.check) return CheckOptions(options);
  return options.attach.empty() ? RunAgent(options) : RunAttached(options);
}

// Reports the error, if any, and returns the exit status.
int Report(const absl::Status& status) {
  if (status.ok()) {
    WriteLastLine("", haste_of_process);
    return EXIT_SUCCESS;
  }
  std::string message(status.message());
  const std::optional<std::string> limit = LimitNamedBy(message);
  if (limit.has_value()) message += ": " + *limit;
  WriteLastLine("tcpgauge: " + OneLine(message), haste_of_process);
  return ExitStatusOf(status);
}

int Main(int argc, char** argv) {
  // First of all, because these hold for everything that follows.
  if (!OpenStandardDescriptors()) ExitForShortage("open /dev/null in place of a closed standard descriptor", errno);
  RequireStack();
  ExitWhenMemoryEnds();
  SetStackSizeOfThreads();
  if (absl::Status hidden = BecomeNotDumpable(); !hidden.ok()) return Report(hidden);
  const CommandLine command_line = ParseCommandLine(argc, argv, &getenv, AgentVersion());
  if (const auto* answer = std::get_if<Answer>(&command_line)) {
    fputs(answer->text.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (const auto* error = std::get_if<UsageError>(&command_line)) {
    WriteLastLine(OneLine(error->message), nullptr);
    return kExitUsage;
  }
  return Report(Run(std::get<Options>(command_line)));
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) { return tcpgauge::Main(argc, argv); }
