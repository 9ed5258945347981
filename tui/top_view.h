// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TOP_VIEW_H_
#define TCPGAUGE_TUI_TOP_VIEW_H_

#include <string>

#include "absl/status/status.h"
#include "src/snapshot/history.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"
#include "tui/view_settings.h"

namespace tcpgauge {

// Returns whether RunTopView() can use the terminal. Call it first, so that an unusable terminal is reported before
// anything is started. Writes no output. Errors: FailedPrecondition, "--tui needs a terminal: …".
absl::Status CheckTopView();

// Runs the top view on the terminal of standard input and output. Returns when `q` is pressed, `stop_fd` is readable
// (the view does not read from it), or the terminal is gone. Restores the terminal before it returns. Lookups of names
// may go on after the return (see NameResolver). If curses cannot use the type of terminal that TERM names, the view
// uses a common type, and logs a warning after it has restored the terminal.
//
// If `hub` is that of an AttachedAgent, `wanted` is AttachedAgent::wanted(), to which the view posts its queries.
// Otherwise `wanted` is null.
//
// The view looks and starts as `settings` say.
//
// The status line shows `notice`, unless it shows Snapshot::trouble.
//
// The histories of groups begin with `past`, the history of this agent, or AttachedAgent::past(). If `past` is null,
// they begin when groups are first shown. The histories of interfaces always begin then.
//
// Signals: the caller must handle SIGINT, SIGTERM and SIGHUP beforehand, and make `stop_fd` readable when one of them
// comes. RunTopView() handles SIGWINCH and SIGTSTP.
//
// Errors: those of CheckTopView(); ResourceExhausted, "--tui: …", when no descriptor is free. After an error, the view
// was not shown.
absl::Status RunTopView(const SnapshotHub& hub, int stop_fd, const ViewSettings& settings,
                        WantedQuery* wanted = nullptr, const std::string& notice = "", const History* past = nullptr);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TOP_VIEW_H_
