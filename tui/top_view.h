// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TOP_VIEW_H_
#define TCPGAUGE_TUI_TOP_VIEW_H_

#include "absl/status/status.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"

namespace tcpgauge {

// Whether RunTopView() can use the terminal. Call it before starting anything else. Errors: those of RunTopView().
absl::Status CheckTopView();

// Runs the top view on the controlling terminal until `q` is pressed, `stop_fd` becomes readable (it is not read), or
// the terminal is gone. Restores the terminal before it returns. With an attached agent, posts the query for the agent
// to `wanted`; otherwise `wanted` is null.
//
// The caller must handle SIGINT, SIGTERM and SIGHUP beforehand, and make `stop_fd` readable when they come.
// RunTopView() handles SIGWINCH and SIGTSTP. Errors: "--tui needs a terminal: …" when the terminal is missing or
// unusable; then no output was written.
absl::Status RunTopView(const SnapshotHub& hub, int stop_fd, WantedQuery* wanted = nullptr);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TOP_VIEW_H_
