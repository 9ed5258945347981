// SPDX-License-Identifier: Apache-2.0
#include "src/agent/engine_options.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

Options ReadingFile() {
  Options options;
  options.read_file = "file.pcap";
  options.listen_addresses.clear();
  return options;
}

// The parts have defaults of their own, for tests and benchmarks: these are what the options say when nothing is asked.
TEST(EngineOptions, TheDefaultsOfTheOptionsAreThoseOfTheParts) {
  const EngineOptions engine = EngineOptionsOf(Options(), /*pushes=*/false);
  const TableOptions table;
  EXPECT_EQ(engine.table.max_connections, table.max_connections);
  EXPECT_EQ(engine.table.count_views, table.count_views);
  EXPECT_EQ(engine.table.new_only, table.new_only);
  EXPECT_EQ(engine.table.remove_after_ns, table.remove_after_ns);
  EXPECT_EQ(engine.table.idle_timeout_ns, table.idle_timeout_ns);
  EXPECT_EQ(engine.table.keep_rates, table.keep_rates);
  EXPECT_EQ(engine.table.rate_tick_ns, table.rate_tick_ns);
  EXPECT_EQ(engine.table.rate_window_ns, table.rate_window_ns);
  EXPECT_EQ(engine.table.ranking_window_ns, table.ranking_window_ns);
  EXPECT_EQ(engine.table.max_recently_ended, table.max_recently_ended);
  EXPECT_EQ(engine.table.edges.max_exported, table.edges.max_exported);
  EXPECT_EQ(engine.table.edges.v4_prefix_bits, table.edges.v4_prefix_bits);
  EXPECT_EQ(engine.table.edges.v6_prefix_bits, table.edges.v6_prefix_bits);
  EXPECT_EQ(engine.worker.live, WorkerOptions().live);
  EXPECT_EQ(engine.worker.publish_interval_ns, WorkerOptions().publish_interval_ns);
  EXPECT_EQ(engine.collector.exported_connections, CollectorOptions().exported_connections);
  EXPECT_EQ(engine.collector.rate_window_seconds, CollectorOptions().rate_window_seconds);
  ASSERT_TRUE(engine.collector.series_choice.has_value());
  EXPECT_EQ(engine.collector.series_choice->max_connections, SeriesChoiceOptions().max_connections);
  EXPECT_EQ(engine.collector.series_choice->new_per_minute, SeriesChoiceOptions().new_per_minute);
  EXPECT_EQ(engine.collector.series_choice->window_ns, SeriesChoiceOptions().window_ns);
}

TEST(EngineOptions, NewSeriesAreBoundedWhereMetricsAreReadAgainAndAgain) {
  const auto is_bounded = [](const Options& options, bool pushes) {
    return EngineOptionsOf(options, pushes).collector.series_choice.has_value();
  };
  Options options;
  EXPECT_TRUE(is_bounded(options, /*pushes=*/false));
  options.listen_addresses.clear();
  EXPECT_TRUE(is_bounded(options, /*pushes=*/true));
  options.duration_seconds = 10;
  options.output = OutputFormat::kPrometheus;
  EXPECT_FALSE(is_bounded(options, /*pushes=*/false)) << "the final state of a live capture";
  options = ReadingFile();
  EXPECT_FALSE(is_bounded(options, /*pushes=*/true));
  options.listen_addresses = {"127.0.0.1:0"};
  EXPECT_FALSE(is_bounded(options, /*pushes=*/false));
}

TEST(EngineOptions, NewConnectionsAreThoseOfTheOption) {
  Options options;
  options.metrics_connections = 7;
  options.metrics_new_connections = 3;
  options.metrics_window_seconds = 9;
  const SeriesChoiceOptions choice = *EngineOptionsOf(options, /*pushes=*/false).collector.series_choice;
  EXPECT_EQ(choice.max_connections, 7u);
  EXPECT_EQ(choice.new_per_minute, 3u);
  EXPECT_EQ(choice.window_ns, 9000000000);
}

TEST(EngineOptions, TheTableCountsViewsWhenAskedTo) {
  EXPECT_FALSE(EngineOptionsOf(Options(), /*pushes=*/false).table.count_views);
  Options options;
  options.count_views = true;
  EXPECT_TRUE(EngineOptionsOf(options, /*pushes=*/false).table.count_views);
}

TEST(EngineOptions, PublishesOnlyWhereSomebodyReads) {
  EXPECT_FALSE(EngineOptionsOf(ReadingFile(), /*pushes=*/false).worker.publish);
  EXPECT_FALSE(EngineOptionsOf(ReadingFile(), /*pushes=*/false).table.keep_rates);
  EXPECT_TRUE(EngineOptionsOf(ReadingFile(), /*pushes=*/true).worker.publish);
  Options with_output = ReadingFile();
  with_output.output = OutputFormat::kTable;
  EXPECT_TRUE(EngineOptionsOf(with_output, /*pushes=*/false).worker.publish);
}

TEST(EngineOptions, AFileThatIsReadStaysOnlyForThoseWhoLookAtIt) {
  Options options = ReadingFile();
  EXPECT_FALSE(EngineOptionsOf(options, /*pushes=*/true).worker.stay_at_end);
  options.tui = true;
  EXPECT_TRUE(EngineOptionsOf(options, /*pushes=*/false).worker.stay_at_end);
  options = ReadingFile();
  options.listen_addresses = {"127.0.0.1:0"};
  EXPECT_TRUE(EngineOptionsOf(options, /*pushes=*/false).worker.stay_at_end);
  options.output = OutputFormat::kJson;
  EXPECT_FALSE(EngineOptionsOf(options, /*pushes=*/false).worker.stay_at_end);
}

TEST(EngineOptions, ReadersAskForSnapshotsOfLiveCaptureUnlessTheTopViewLooksOn) {
  Options options;
  EXPECT_TRUE(EngineOptionsOf(options, /*pushes=*/false).worker.publish_when_asked);
  options.tui = true;
  EXPECT_FALSE(EngineOptionsOf(options, /*pushes=*/false).worker.publish_when_asked);
  EXPECT_FALSE(EngineOptionsOf(ReadingFile(), /*pushes=*/true).worker.publish_when_asked);
}

TEST(EngineOptions, OnlyALiveCaptureLimitsHowManyEdgesBegin) {
  EXPECT_EQ(EngineOptionsOf(Options(), /*pushes=*/false).table.edges.max_new_per_minute, 10u);
  Options none;
  none.metrics_new_edges = 0;
  EXPECT_EQ(EngineOptionsOf(none, /*pushes=*/false).table.edges.max_new_per_minute, 0u);
  EXPECT_EQ(EngineOptionsOf(ReadingFile(), /*pushes=*/false).table.edges.max_new_per_minute, std::nullopt);
}

TEST(EngineOptions, ServersAreGroupedWhenAskedTo) {
  EXPECT_EQ(EngineOptionsOf(Options(), /*pushes=*/false).table.edges.v4_server_prefix_bits, 32);
  Options options;
  options.server_prefix_v4_bits = 24;
  options.server_prefix_v6_bits = 48;
  const EdgeTableOptions edges = EngineOptionsOf(options, /*pushes=*/false).table.edges;
  EXPECT_EQ(edges.v4_server_prefix_bits, 24);
  EXPECT_EQ(edges.v6_server_prefix_bits, 48);
  EXPECT_EQ(edges.single_servers, LocalNetworks());
}

TEST(EngineOptions, TheSeriesLimitBoundsTheEdges) {
  Options options;
  options.series_limit = 1000;
  EXPECT_LT(EngineOptionsOf(options, /*pushes=*/false).table.edges.max_exported, 125u);
}

}  // namespace
}  // namespace tcpgauge
