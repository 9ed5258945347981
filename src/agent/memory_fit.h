// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_MEMORY_FIT_H_
#define TCPGAUGE_SRC_AGENT_MEMORY_FIT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "src/capture/capture_engine.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// The bytes that the process may take: --max-memory if it is set. Otherwise what the control group allows. 0 = no
// limit.
uint64_t MemoryLimitOf(const Options& options);

// Lowers the bounds in `engine` when `limit_bytes` (0 = no limit) is too little for everything that the options ask
// for. Returns the plan, which has the bounds of the other parts. `pushes`: whether metrics are pushed. With a limit,
// also sets how the heap behaves: call it before threads start.
//
// Errors: kInvalidArgument when --max-memory is too little for any plan. A control group's limit that is too little is
// logged, and the agent starts with the least plan.
absl::StatusOr<MemoryPlan> FitToMemory(const Options& options, bool pushes, uint64_t limit_bytes,
                                       EngineOptions* engine);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_MEMORY_FIT_H_
