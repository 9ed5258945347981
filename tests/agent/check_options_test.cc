// SPDX-License-Identifier: Apache-2.0
#include "src/agent/check_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string Error(const Options& options) {
  const absl::Status status = CheckOptions(options);
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(CheckOptions, AcceptsTheDefaults) { EXPECT_EQ(Error(Options()), ""); }

TEST(CheckOptions, DoesNotAskForWhatMayBeThereLater) {
  Options options;
  options.interfaces = {"nosuch0"};
  options.listen_addresses = {"192.0.2.77:80", "unix:/nonexistent/socket"};
  options.connection_log = "/nonexistent/log";
  options.user = "no-such-user";
  EXPECT_EQ(Error(options), "");
  options.interfaces.clear();
  options.read_file = "/nonexistent/capture.pcap";
  EXPECT_EQ(Error(options), "");
}

TEST(CheckOptions, ReportsWhatTheStartWouldReport) {
  Options options;
  options.filter = "prt 80";
  EXPECT_THAT(Error(options), StartsWith("filter 'prt 80'"));
  options = Options();
  options.telemetry_path = "/-/healthy";
  EXPECT_THAT(Error(options), StartsWith("--web.telemetry-path: "));
  options = Options();
  options.max_memory_bytes = 2 << 20;
  EXPECT_THAT(Error(options), StartsWith("--max-memory: "));
  options = Options();
  options.otlp_endpoint = "http://h:99999";
  EXPECT_THAT(Error(options), StartsWith("--otlp.endpoint: "));
  options = Options();
  options.identity_api = "https://h:99999";
  EXPECT_THAT(Error(options), StartsWith("--identity.api "));
  options = Options();
  options.attach = "http://h:99999";
  EXPECT_THAT(Error(options), StartsWith("--attach: "));
}

TEST(CheckOptions, ReadsTheWebConfiguration) {
  const ScratchDirectory folder;
  Options options;
  options.web_config_file = folder.path() + "/web.yml";
  const auto write = [&options](const char* text) { std::ofstream(options.web_config_file) << text; };
  EXPECT_THAT(Error(options), HasSubstr("No such file"));
  write("nonsense: true\n");
  EXPECT_THAT(Error(options), HasSubstr("nonsense"));
  write("tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n");
  EXPECT_THAT(Error(options), HasSubstr(folder.path() + "/cert.pem"));
  write("http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
  EXPECT_EQ(Error(options), "");
}

}  // namespace
}  // namespace tcpgauge
