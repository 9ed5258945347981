// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otlp_pusher.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/push_metrics.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

// The receiver is a port on which no process listens.
OtelSettings Settings() {
  OtelSettings settings;
  settings.push = true;
  settings.url = "http://127.0.0.1:1/v1/metrics";
  settings.interval_ms = 1;
  settings.attempt_timeout_ms = settings.export_timeout_ms = 100000;  // a refusal comes at once
  settings.gzip = true;
  return settings;
}

OtlpSources Sources(const SnapshotHub* hub, AgentMetrics* metrics) {
  OtlpSources sources;
  sources.hub = hub;
  sources.clock = &SystemClock();
  sources.metrics = metrics;
  sources.limits = {5000, 100};
  return sources;
}

TEST(OtlpPusher, CountsOnItsThreadWhatOthersReadOnTheirs) {
  SnapshotHub hub;
  AgentMetrics metrics;
  auto pusher = OtlpPusher::Create(Settings(), Sources(&hub, &metrics));
  ASSERT_TRUE(pusher.ok()) << pusher.status();
  const PushMetrics counted = MakePushMetrics(&metrics);  // the counters that the pusher uses
  (*pusher)->Start();
  uint64_t sequence = 0;
  while (counted.data_points_dropped.Value() == 0) {
    Snapshot snapshot = ExampleSnapshot();
    snapshot.sequence = ++sequence;
    hub.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
  }
  (*pusher)->Stop();
  EXPECT_EQ(counted.queue_requests.Value(), 0) << "what was left at the end is dropped";
  EXPECT_EQ(counted.queue_bytes.Value(), 0);
  EXPECT_EQ(counted.pushes.Value(), 0);
  EXPECT_GT(counted.failures[static_cast<size_t>(PushFailure::kConnection)]->Value(), 0);
}

TEST(OtlpPusher, PushesNothingBeforeThereIsASnapshot) {
  SnapshotHub hub;
  AgentMetrics metrics;
  auto pusher = OtlpPusher::Create(Settings(), Sources(&hub, &metrics));
  ASSERT_TRUE(pusher.ok()) << pusher.status();
  (*pusher)->Start();
  (*pusher)->Stop();
  EXPECT_EQ(MakePushMetrics(&metrics).data_points_dropped.Value(), 0);
}

TEST(OtlpPusher, NamesTheFileThatItCannotRead) {
  SnapshotHub hub;
  AgentMetrics metrics;
  OtelSettings settings = Settings();
  settings.ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(OtlpPusher::Create(settings, Sources(&hub, &metrics)).status().message(),
            "/nowhere/ca.pem: No such file or directory");
}

}  // namespace
}  // namespace tcpgauge
