// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_
#define TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_

#include <memory>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// `newest` as a paused view shows it, after tcptrack(1): exactly the connections of `shown`, new ones left out and gone
// ones kept, with the newest values of those that are there still. One that is gone keeps its last values at rate 0.
std::shared_ptr<const Snapshot> PausedSnapshot(const Snapshot& shown, const Snapshot& newest);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_
