// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_SETUP_H_
#define TCPGAUGE_SRC_AGENT_AGENT_SETUP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/output_stats.h"
#include "exporter/otlp/otlp_pusher.h"
#include "exporter/web/web_routes.h"
#include "src/capture/capture_engine.h"
#include "src/capture/packet_source.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"

namespace tcpgauge {

// What the options ask of each part of the agent.

// The packet sources of each worker, opened; of several workers that read a file, the first has the file.
absl::StatusOr<std::vector<std::vector<std::unique_ptr<PacketSource>>>> OpenSources(const Options& options);

// Whether opening them takes CAP_NET_ADMIN.
bool NeedsNetAdmin(const Options& options);

// With a random seed. `pushes`: somebody reads snapshots though nobody sees them.
EngineOptions EngineOptionsOf(const Options& options, bool pushes);

// What memory all that takes, and what was asked for, made smaller where `limit_bytes` (0 = none) do not suffice. The
// error names the option that asks for too little.
MemoryDemand DemandOf(const Options& options, const EngineOptions& engine, bool pushes);
absl::StatusOr<MemoryPlan> FitToMemory(const MemoryDemand& demand, const Options& options, uint64_t limit_bytes);

ExpositionLimits LimitsOf(const Options& options);

// `pusher` may be null; it and `engine` must outlive what is made of it.
WebSources WebSourcesOf(const Options& options, const MemoryPlan& plan, uint64_t max_memory_bytes,
                        const CaptureEngine& engine, const OtlpPusher* pusher,
                        const ConnectionLogStatsSource& log_stats);

// What tells this agent from others: the host's name.
std::string AgentName();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_SETUP_H_
