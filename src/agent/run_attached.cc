// SPDX-License-Identifier: Apache-2.0
#include "src/agent/run_attached.h"

#include "src/agent/view_settings_of.h"
#include "src/attach/agent_address.h"
#include "src/attach/attached_agent.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/signals.h"
#include "src/base/stop_signal.h"
#include "src/privilege/drop_privileges.h"
#include "src/privilege/identity.h"
#include "tui/top_view.h"

namespace tcpgauge {
namespace {

// Without --user, the user stays: each new connection opens key files and unix sockets again, with the rights of the
// user who named them.
absl::Status DropAllPrivileges(const Options& options) {
  const auto identity = ChooseIdentity(options.user.value_or(""));
  return identity.ok() ? DropPrivileges(*identity) : identity.status();
}

}  // namespace

absl::Status RunAttached(const Options& options) {
  const auto address = ParseAgentAddress(options.attach);
  if (!address.ok()) return address.status();
  if (absl::Status terminal = CheckTopView(); !terminal.ok()) return terminal;
  const absl::StatusOr<ViewSettings> settings = ViewSettingsOf(options);
  if (!settings.ok()) return settings.status();
  if (absl::Status dropped = DropAllPrivileges(options); !dropped.ok()) return dropped;
  static StopSignal& stop = *new StopSignal;  // never destroyed, because a signal may come until the process ends
  static Haste& haste = *new Haste;
  HandleSignals(&stop, nullptr, &haste);
  const auto agent = AttachedAgent::Attach(
      *address, {options.attach_ca_file, options.attach_cert_file, options.attach_key_file}, &SystemClock(), stop.fd());
  if (absl::IsCancelled(agent.status())) return absl::OkStatus();
  if (!agent.ok()) return agent.status();
  return RunTopView((*agent)->hub(), stop.fd(), *settings, (*agent)->wanted(), /*notice=*/"", &(*agent)->past());
}

}  // namespace tcpgauge
