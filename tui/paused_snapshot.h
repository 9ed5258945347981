// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_
#define TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_

#include <memory>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// `newest` as a paused view shows it, as in tcptrack(1). It has exactly the connections of `shown`, with their values
// from `newest`. A connection that is not in `newest` keeps its last values, with rate 0.
std::shared_ptr<const Snapshot> PausedSnapshot(const Snapshot& shown, const Snapshot& newest);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_
