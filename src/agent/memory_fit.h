// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_MEMORY_FIT_H_
#define TCPGAUGE_SRC_AGENT_MEMORY_FIT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "src/capture/capture_engine.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// Returns the number of bytes that the process may take, or 0 for no limit. The limit is --max-memory if it is set.
// Otherwise it is that of the control group.
uint64_t MemoryLimitOf(const Options& options);

// Plans the memory of the process within `limit_bytes` (0 = no limit), and returns the plan. Also stores the bounds of
// the capture in `*engine`. If the limit is too small for everything that `options` ask for, some bounds are lower than
// asked for. `pushes` says whether metrics are pushed.
//
// If everything that `options` ask for may take more than half of the limit, also calls KeepHeapTight(). Call
// FitToMemory() before threads are started, because KeepHeapTight() must be called before that.
//
// Errors: kInvalidArgument when --max-memory is too small even for LeastPlan(). A control group's limit that is too
// small is not an error: a warning is logged, and the result is LeastPlan().
absl::StatusOr<MemoryPlan> FitToMemory(const Options& options, bool pushes, uint64_t limit_bytes,
                                       EngineOptions* engine);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_MEMORY_FIT_H_
