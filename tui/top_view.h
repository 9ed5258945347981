// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TOP_VIEW_H_
#define TCPGAUGE_TUI_TOP_VIEW_H_

#include "absl/status/status.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"

namespace tcpgauge {

// The error that RunTopView() would end with at once, to be asked for before anything is started for it.
absl::Status CheckTopView();

// Runs the top view on the controlling terminal until `q` is pressed, `stop_fd` becomes readable (it is not read), or
// the terminal is gone. The terminal is as before when this returns.
//
// The caller handles SIGINT, SIGTERM and SIGHUP before, and makes `stop_fd` readable for them; SIGWINCH and SIGTSTP are
// handled here.
// Errors: "--tui needs a terminal: …" when there is none; nothing was written to it then.
// `wanted` is told what is to be shown, where the hub holds only that; or null.
absl::Status RunTopView(const SnapshotHub& hub, int stop_fd, WantedQuery* wanted = nullptr);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TOP_VIEW_H_
