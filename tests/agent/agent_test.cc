// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/base/haste.h"
#include "src/decode/decoded_packet.h"
#include "tests/exporter/http/http_client.h"
#include "tests/support/frame.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::ptrdiff_t ThreadCount() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

void WriteWords(std::ofstream* file, std::initializer_list<uint32_t> words) {
  file->write(reinterpret_cast<const char*>(words.begin()), static_cast<std::streamsize>(words.size() * 4));
}

class AgentTest : public testing::Test {
 protected:
  AgentTest() {
    WriteCapture();
    options_.read_file = capture_;
    options_.listen_addresses = {"127.0.0.1:0"};
    options_.output = OutputFormat::kPrometheus;  // so the end of the file is the end of the capture
  }

  // A pcap file (Ethernet, microseconds) with one connection whose client sends 100 bytes.
  void WriteCapture() const {
    std::ofstream file(capture_, std::ios::binary);
    WriteWords(&file, {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1});
    AddPacket(&file, Frame().Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 80).Sequence(1).Flags(kTcpSyn));
    AddPacket(&file, Frame()
                         .Ethernet()
                         .Ipv4("10.0.0.2", "10.0.0.1")
                         .Tcp(80, 40000)
                         .Sequence(7)
                         .Acknowledgment(2)
                         .Flags(kTcpSyn | kTcpAck));
    AddPacket(&file, Frame()
                         .Ethernet()
                         .Ipv4("10.0.0.1", "10.0.0.2")
                         .Tcp(40000, 80)
                         .Sequence(2)
                         .Acknowledgment(8)
                         .Flags(kTcpAck)
                         .Payload(100));
  }

  static void AddPacket(std::ofstream* file, const Frame& frame) {
    const std::vector<uint8_t> bytes = frame.Bytes();
    const auto size = static_cast<uint32_t>(bytes.size());
    WriteWords(file, {1700000000, 0, size, size});
    file->write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  void DamageCapture() const {
    std::ofstream file(capture_, std::ios::binary | std::ios::app);
    WriteWords(&file, {1700000000, 0, 60, 60});  // and then no packet
  }

  std::unique_ptr<Agent> Open() const {
    auto agent = Agent::Open(options_, Identity(), &haste_);
    EXPECT_TRUE(agent.ok()) << agent.status();
    return agent.ok() ? *std::move(agent) : nullptr;
  }

  static void WaitUntilRead(const Agent& agent) {
    pollfd finished = {agent.finished_fd(), POLLIN, 0};
    ASSERT_EQ(poll(&finished, 1, -1), 1);
  }

  const ScratchDirectory directory_;
  const std::string capture_ = directory_.path() + "/capture.pcap";
  const Haste haste_;
  Options options_;
};

TEST_F(AgentTest, ServesWhatACaptureFileHolds) {
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  ASSERT_EQ(agent->urls().size(), 1u);
  const std::string url = agent->urls()[0];
  EXPECT_THAT(Get(url, "/-/healthy"), StartsWith("HTTP/1.1 200"));
  while (Get(url, "/metrics").find("\ntcpgauge_client_payload_bytes_total 100\n") == std::string::npos) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(agent->Stop().ok());
}

TEST_F(AgentTest, ServesWhatItCountsOfItself) {
  options_.connection_log = directory_.path() + "/log.jsonl";
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  const std::string url = agent->urls()[0];
  Get(url, "/nowhere");
  const std::string metrics = Get(url, "/metrics");
  for (const char* line :
       {"\ntcpgauge_build_info{", "\ntcpgauge_series_limit ", "\ntcpgauge_rate_window_seconds 1\n",
        "\ntcpgauge_http_requests_total{route=\"other\",code=\"404\"} 1\n",
        "\ntcpgauge_http_request_duration_seconds_count 1\n", "\ntcpgauge_connection_log_lines_total ",
        "\ntcpgauge_connection_log_lost_total{reason=\"queue_full\"} 0\n"}) {
    EXPECT_THAT(metrics, HasSubstr(line));
  }
  EXPECT_EQ(metrics.find("tcpgauge_otlp_"), std::string::npos) << "nothing is pushed";
  EXPECT_TRUE(agent->Stop().ok());
}

TEST_F(AgentTest, HoldsTheFinalSnapshotOnceCaptureIsStopped) {
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  WaitUntilRead(*agent);
  EXPECT_TRUE(agent->StopCapture().ok());
  EXPECT_EQ(agent->hub().Current()->totals.client_payload_bytes, 100u);
  EXPECT_TRUE(agent->Stop().ok());
}

TEST_F(AgentTest, StartsThreadsWhenItServesAndNotBefore) {
  options_.connection_log = directory_.path() + "/log.jsonl";
  options_.workers = 2;
  const auto before = ThreadCount();
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  EXPECT_EQ(ThreadCount(), before);
  EXPECT_EQ(agent->hub().Current()->sequence, 0u);
  ASSERT_TRUE(agent->Serve().ok());
  EXPECT_GT(ThreadCount(), before);
  EXPECT_TRUE(agent->Stop().ok());
}

TEST_F(AgentTest, ClosesWhatItOpenedWhenItIsNeverServed) {
  options_.connection_log = directory_.path() + "/log.jsonl";
  auto agent = Open();
  ASSERT_NE(agent, nullptr);
  options_.listen_addresses = {agent->urls()[0].substr(std::string("http://").size())};
  agent.reset();
  EXPECT_NE(Open(), nullptr);
}

TEST_F(AgentTest, IsDestroyedWhileItServes) {
  const auto before = ThreadCount();
  auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  agent.reset();
  EXPECT_EQ(ThreadCount(), before);
}

TEST_F(AgentTest, NamesTheFileThatIsMissing) {
  options_.read_file = directory_.path() + "/missing.pcap";
  const auto agent = Agent::Open(options_, Identity(), &haste_);
  EXPECT_THAT(std::string(agent.status().message()), HasSubstr(options_.read_file));
  EXPECT_EQ(agent.status().code(), absl::StatusCode::kNotFound);
}

TEST_F(AgentTest, NamesTheAddressThatIsInUse) {
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  options_.listen_addresses = {agent->urls()[0].substr(std::string("http://").size())};
  const auto second = Agent::Open(options_, Identity(), &haste_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(options_.listen_addresses[0]));
}

TEST_F(AgentTest, LogsTheConnectionsBeforeStopReturns) {
  options_.connection_log = directory_.path() + "/log.jsonl";
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  WaitUntilRead(*agent);
  EXPECT_TRUE(agent->Stop().ok());
  std::ifstream log(options_.connection_log);
  const std::string lines((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  EXPECT_THAT(lines, HasSubstr("\"client_payload_bytes\":100"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
}

TEST_F(AgentTest, SaysWhenTheConnectionLogIsNotComplete) {
  options_.connection_log = "/dev/full";
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  WaitUntilRead(*agent);
  const absl::Status stopped = agent->Stop();
  EXPECT_EQ(stopped.message(), "connection log '/dev/full' is not complete; lines lost: 1");
  EXPECT_EQ(stopped.code(), absl::StatusCode::kUnavailable);
}

TEST_F(AgentTest, TheErrorOfTheCaptureComesBeforeThatOfTheConnectionLog) {
  DamageCapture();
  options_.connection_log = "/dev/full";
  const auto agent = Open();
  ASSERT_NE(agent, nullptr);
  ASSERT_TRUE(agent->Serve().ok());
  WaitUntilRead(*agent);
  const absl::Status capture = agent->StopCapture();
  EXPECT_THAT(std::string(capture.message()), HasSubstr(capture_));
  EXPECT_EQ(agent->Stop(), capture);
}

}  // namespace
}  // namespace tcpgauge
