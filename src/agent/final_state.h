// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_FINAL_STATE_H_
#define TCPGAUGE_SRC_AGENT_FINAL_STATE_H_

#include "absl/status/status.h"
#include "src/base/haste.h"
#include "src/options/options.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// Prints the hub's current snapshot on standard output, in the form that --output asks for. Without --output, prints
// nothing. Waits for a slow reader as long as Patience allows after Patience::BeginEnd().
//
// Errors: kUnavailable when standard output cannot be written, or when its reader was given up.
absl::Status PrintFinalState(const Options& options, const SnapshotHub& hub, const Haste& haste);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_FINAL_STATE_H_
