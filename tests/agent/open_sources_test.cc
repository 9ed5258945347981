// SPDX-License-Identifier: Apache-2.0
#include "src/agent/open_sources.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(OpenSources, NeedsNetAdminForNetfilterAlone) {
  Options options;
  EXPECT_FALSE(NeedsNetAdmin(options));
  options.interfaces = {"eth0", "any"};
  EXPECT_FALSE(NeedsNetAdmin(options));
  options.interfaces = {"eth0", "nflog:5"};
  EXPECT_TRUE(NeedsNetAdmin(options));
  options.interfaces = {"nfqueue"};
  EXPECT_TRUE(NeedsNetAdmin(options));
}

TEST(OpenSources, ReportsAFileThatCannotBeOpened) {
  Options options;
  options.read_file = "/nonexistent/file.pcap";
  EXPECT_EQ(OpenSources(options, /*hash_seed=*/1).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tcpgauge
