// SPDX-License-Identifier: Apache-2.0
#include "src/options/option_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tcpgauge {
namespace {

// Every option whose default the help text may show.
std::string Describe(const Options& o) {
  return absl::StrJoin({absl::StrCat(o.snaplen_bytes),
                        absl::StrCat(o.buffer_size_kib),
                        absl::StrCat(o.workers),
                        absl::StrCat(o.remove_after_seconds),
                        absl::StrCat(o.rate_window_seconds),
                        absl::StrCat(o.idle_timeout_seconds),
                        absl::StrCat(o.max_connections),
                        absl::StrCat(o.identity_max_endpoints),
                        o.procfs_path,
                        o.cgroup_path,
                        o.container_logs_path,
                        absl::StrJoin(o.listen_addresses, "+"),
                        o.telemetry_path,
                        absl::StrCat(o.series_limit),
                        absl::StrCat(o.metrics_connections),
                        absl::StrCat(o.metrics_new_connections),
                        absl::StrCat(o.metrics_edges.value_or(-1)),
                        absl::StrCat(o.metrics_new_edges),
                        absl::StrCat(o.metrics_workload_edges),
                        absl::StrCat(o.full_edge_detail),
                        absl::StrCat(o.edge_buckets),
                        absl::StrCat(o.client_prefix_v4_bits),
                        absl::StrCat(o.client_prefix_v6_bits),
                        absl::StrCat(o.server_prefix_v4_bits),
                        absl::StrCat(o.server_prefix_v6_bits),
                        absl::StrCat(o.metrics_window_seconds),
                        absl::StrCat(o.metrics_stall_seconds),
                        absl::StrCat(static_cast<int>(o.log_level)),
                        absl::StrCat(static_cast<int>(o.log_format))},
                       " ");
}

TEST(OptionTable, StatesTheDefaultsThatOptionsHas) {
  const std::set<std::string> kDescribedInWords = {"interface",        "user",
                                                   "max-memory",       "identity",
                                                   "identity.api",     "identity.token-file",
                                                   "identity.ca-file", "identity.node",
                                                   "metrics.edges",    "metrics.server-networks"};
  for (const OptionSpec& spec : OptionTable()) {
    if (*spec.default_text == '\0' || kDescribedInWords.count(spec.long_name) > 0) continue;
    Options options;
    if (spec.kind == OptionSpec::Kind::kRepeated) spec.clear(&options);
    ASSERT_TRUE(spec.take(spec.default_text, &options).ok()) << spec.long_name;
    EXPECT_EQ(Describe(options), Describe(Options())) << spec.long_name;
  }
}

TEST(OptionTable, HasNoNameTwice) {
  std::multiset<std::string> names;
  for (const OptionSpec& spec : OptionTable()) {
    names.insert(spec.long_name);
    if (spec.short_name != 0) names.insert(std::string(1, spec.short_name));
  }
  for (const std::string& name : names) EXPECT_EQ(names.count(name), 1u) << name;
}

TEST(OptionTable, NamesVariablesByTheLongName) {
  for (const OptionSpec& spec : OptionTable()) {
    if (std::string("web.listen-address") == spec.long_name) {
      EXPECT_EQ(EnvironmentName(spec), "TCPGAUGE_WEB_LISTEN_ADDRESS");
    }
  }
}

}  // namespace
}  // namespace tcpgauge
