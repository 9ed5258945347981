// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_
#define TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_

#include "src/capture/capture_engine.h"
#include "src/options/options.h"

namespace tcpgauge {

// Returns the capture engine's part of `options`. Adds a random hash seed, and the present wall time as the start of
// the capture. `pushes` says whether metrics are pushed. A push needs snapshots, even if `options` name no other
// output. Ends the process when the kernel gives no random bytes.
EngineOptions EngineOptionsOf(const Options& options, bool pushes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_
