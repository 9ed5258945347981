// SPDX-License-Identifier: Apache-2.0
#include "src/agent/memory_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "exporter/http/http_server.h"
#include "exporter/otlp/push_queue.h"
#include "src/agent/engine_options.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

absl::StatusOr<MemoryPlan> Fit(const Options& options, uint64_t limit_bytes, EngineOptions* engine) {
  *engine = EngineOptionsOf(options, /*pushes=*/false);
  return FitToMemory(options, /*pushes=*/false, limit_bytes, engine);
}

// The parts have defaults of their own, for tests and benchmarks: these are what the plan says without a limit.
TEST(MemoryFit, WithoutALimitTheBoundsAreThoseOfTheParts) {
  EngineOptions engine;
  const auto plan = Fit(Options(), 0, &engine);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->http_connections, HttpLimits().connections);
  EXPECT_EQ(plan->push_queue_bytes, PushQueueOptions().max_bytes);
  EXPECT_EQ(plan->rows_per_worker, WorkerOptions().max_rows);
  EXPECT_EQ(plan->max_connections, TableOptions().max_connections);
  EXPECT_EQ(plan->max_encapsulations, TableOptions().max_encapsulations);
  EXPECT_EQ(engine.table.max_connections, TableOptions().max_connections);
}

TEST(MemoryFit, MakesTheEngineAsSmallAsThePlan) {
  EngineOptions engine;
  const auto plan = Fit(Options(), 128 << 20, &engine);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_LT(plan->max_connections, Options().max_connections);
  EXPECT_EQ(engine.table.max_connections, plan->max_connections);
  EXPECT_EQ(engine.table.max_encapsulations, plan->max_encapsulations);
  EXPECT_EQ(engine.worker.max_rows, plan->rows_per_worker);
}

TEST(MemoryFit, AnOptionThatIsTooLittleIsAWrongValue) {
  Options options;
  options.max_memory_bytes = 1 << 20;
  EngineOptions engine;
  const auto plan = Fit(options, MemoryLimitOf(options), &engine);
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(plan.status().message()), HasSubstr("--max-memory: '1M' is too little"));
}

TEST(MemoryFit, AControlGroupThatAllowsTooLittleLeavesTheLeastPlan) {
  EngineOptions engine;
  const auto plan = Fit(Options(), 1 << 20, &engine);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->max_connections, kLeastConnections);
}

TEST(MemoryFit, PlansForNamesWhereThereAreSome) {
  Options options;
  EngineOptions engine;
  EXPECT_EQ(Fit(options, 0, &engine)->max_endpoints, options.identity_max_endpoints);
  EXPECT_LT(Fit(options, 64 << 20, &engine)->max_endpoints, options.identity_max_endpoints);
  options.read_file = "f";
  options.identity = IdentityLevel::kOff;
  EXPECT_EQ(Fit(options, 0, &engine)->max_endpoints, 0u);
  options.identity_file = "names.json";
  EXPECT_EQ(Fit(options, 0, &engine)->max_endpoints, options.identity_max_endpoints);
}

TEST(MemoryFit, TheDefaultsFitInto64MiB) {
  EngineOptions engine;
  Options options;
  options.max_memory_bytes = 64 << 20;
  const auto plan = Fit(options, MemoryLimitOf(options), &engine);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_GE(plan->max_endpoints, 500u);
}

TEST(MemoryFit, CountsTheBuffersOfAllSocketsAndOfTheSpareOne) {
  Options options;
  options.buffer_size_kib = 1024;
  options.interfaces = {"a", "b"};
  EngineOptions engine;
  const uint64_t of_one = Fit(options, 0, &engine)->bytes;
  options.buffer_size_kib = 2048;
  EXPECT_EQ(Fit(options, 0, &engine)->bytes - of_one, 2u << 20);
  options.workers = 3;
  const uint64_t of_three = Fit(options, 0, &engine)->bytes;
  options.buffer_size_kib = 1024;
  EXPECT_EQ(of_three - Fit(options, 0, &engine)->bytes, 8u << 20);
}

}  // namespace
}  // namespace tcpgauge
