// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_
#define TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_

#include "src/capture/capture_engine.h"
#include "src/options/options.h"

namespace tcpgauge {

// What the options ask of the capture engine, with a random hash seed and the time of now as its start.
// `pushes`: metrics are pushed, so there is a reader of snapshots besides those that the options name.
EngineOptions EngineOptionsOf(const Options& options, bool pushes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_ENGINE_OPTIONS_H_
