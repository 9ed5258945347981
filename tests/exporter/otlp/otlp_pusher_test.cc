// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otlp_pusher.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

// A receiver that is never there: the port of nobody.
OtelSettings Settings() {
  OtelSettings settings;
  settings.push = true;
  settings.url = "http://127.0.0.1:1/v1/metrics";
  settings.interval_ms = 1;
  settings.attempt_timeout_ms = settings.export_timeout_ms = 100000;  // a refusal comes at once
  settings.gzip = true;
  return settings;
}

OtlpSources Sources(const SnapshotHub* hub) {
  OtlpSources sources;
  sources.hub = hub;
  sources.clock = &SystemClock();
  sources.limits = {5000, 100};
  return sources;
}

TEST(OtlpPusher, CountsOnItsThreadWhatOthersReadOnTheirs) {
  SnapshotHub hub;
  auto pusher = OtlpPusher::Create(Settings(), Sources(&hub));
  ASSERT_TRUE(pusher.ok()) << pusher.status();
  (*pusher)->Start();
  uint64_t sequence = 0;
  while ((*pusher)->stats().data_points_dropped == 0) {
    Snapshot snapshot = ExampleSnapshot();
    snapshot.sequence = ++sequence;
    hub.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
  }
  (*pusher)->Stop();
  const PushStats stats = (*pusher)->stats();
  EXPECT_EQ(stats.queued_requests, 0u) << "what was left at the end is dropped";
  EXPECT_EQ(stats.queued_bytes, 0u);
  EXPECT_EQ(stats.pushes, 0u);
  EXPECT_GT(stats.failures[static_cast<size_t>(PushFailure::kConnection)], 0u);
}

TEST(OtlpPusher, PushesNothingBeforeThereIsASnapshot) {
  SnapshotHub hub;
  auto pusher = OtlpPusher::Create(Settings(), Sources(&hub));
  ASSERT_TRUE(pusher.ok()) << pusher.status();
  (*pusher)->Start();
  (*pusher)->Stop();
  EXPECT_EQ((*pusher)->stats().data_points_dropped, 0u);
}

TEST(OtlpPusher, NamesTheFileThatItCannotRead) {
  SnapshotHub hub;
  OtelSettings settings = Settings();
  settings.ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(OtlpPusher::Create(settings, Sources(&hub)).status().message(),
            "/nowhere/ca.pem: No such file or directory");
}

}  // namespace
}  // namespace tcpgauge
