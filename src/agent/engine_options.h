// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_
#define TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_

#include "src/capture/capture_engine.h"
#include "src/options/options.h"

namespace tcpgauge {

// The capture engine's part of the options, with a random hash seed, and the current wall time as the start of the
// capture. `pushes`: metrics are pushed, so snapshots have a reader even if the options name none.
EngineOptions EngineOptionsOf(const Options& options, bool pushes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_
