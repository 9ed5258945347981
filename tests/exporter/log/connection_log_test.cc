// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/connection_log.h"

#include <prometheus/counter.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/patience.h"
#include "src/snapshot/ended_queue.h"
#include "tests/support/example_identities.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

TEST(ConnectionLogLine, TellsAllOfAConnection) {
  NamedEndedConnection ended;
  ended.interface = "eth\"0";
  ended.connection.reason = EndReason::kFin;
  ended.connection.encapsulation.AddVlan(7);
  ended.connection.encapsulation.AddVlan(8);
  ended.connection.encapsulation.AddTunnel({TunnelType::kVxlan, true, 5000});
  ended.connection.encapsulation.AddTunnel({TunnelType::kGre, false, 0});
  ConnectionSummary& connection = ended.connection.summary;
  connection.client = At("10.0.0.1:40000");
  connection.server = At("[2001:db8::1]:443");
  connection.service = connection.server;
  connection.role = Role::kObserved;
  connection.confirmed = true;
  connection.state = ConnectionState::kClosed;
  connection.start_time_ns = 1700000000123456789;
  connection.last_packet_time_ns = 1700000060000000001;
  connection.handshake_rtt_ns = 1000000000;
  connection.server_rtt_ns = 999999999;
  connection.client_rtt_ns = 1;
  connection.rtt_ns = 12345678;
  connection.server_min_rtt_ns = 11000000;
  connection.client_min_rtt_ns = 2000;
  connection.responses = 345;
  connection.response_ns = 2500000;
  connection.client_sent = {1, 2, 3, 4, 5, 6, 7.5};
  connection.server_sent = {11, 12, 13, 14, 15, 16, 17.5};
  EXPECT_EQ(ConnectionLogLine(ended),
            R"({"client":{"address":"10.0.0.1","port":40000},"server":{"address":"2001:db8::1","port":443},)"
            R"("role":"observed","confirmed":true,"interface":"eth\"0","vlans":[7,8],)"
            R"("tunnels":[{"type":"vxlan","id":5000},{"type":"gre","id":null}],"state":"closed","end":"fin",)"
            R"("start_time":1700000000.123456789,"end_time":1700000060.000000001,)"
            R"("handshake_rtt_seconds":1.000000000,"server_rtt_seconds":0.999999999,"client_rtt_seconds":0.000000001,)"
            R"("rtt_seconds":0.012345678,"server_min_rtt_seconds":0.011000000,"client_min_rtt_seconds":0.000002000,)"
            R"("client_packets":1,"client_payload_bytes":2,"client_ip_bytes":3,)"
            R"("client_retransmitted_segments":4,"client_out_of_order_segments":5,"client_zero_windows":6,)"
            R"("server_packets":11,"server_payload_bytes":12,"server_ip_bytes":13,)"
            R"("server_retransmitted_segments":14,"server_out_of_order_segments":15,"server_zero_windows":16,)"
            R"("responses":345,"response_seconds":0.002500000})"
            "\n");
}

TEST(ConnectionLogLine, WhatIsUnknownIsNull) {
  NamedEndedConnection ended;
  ended.interface = "eth0";
  ended.connection.summary.client = At("10.0.0.1:40000");
  ended.connection.summary.server = At("10.0.0.2:80");
  ended.connection.summary.service = At("10.0.0.2:80");
  EXPECT_EQ(
      ConnectionLogLine(ended),
      R"({"client":{"address":"10.0.0.1","port":40000},"server":{"address":"10.0.0.2","port":80},)"
      R"("role":"inferred","confirmed":false,"interface":"eth0","vlans":[],"tunnels":[],"state":"syn_sent","end":null,)"
      R"("start_time":0.000000000,"end_time":0.000000000,"handshake_rtt_seconds":null,"server_rtt_seconds":null,)"
      R"("client_rtt_seconds":null,"rtt_seconds":null,"server_min_rtt_seconds":null,"client_min_rtt_seconds":null,)"
      R"("client_packets":0,"client_payload_bytes":0,"client_ip_bytes":0,)"
      R"("client_retransmitted_segments":0,"client_out_of_order_segments":0,"client_zero_windows":0,)"
      R"("server_packets":0,"server_payload_bytes":0,"server_ip_bytes":0,"server_retransmitted_segments":0,)"
      R"("server_out_of_order_segments":0,"server_zero_windows":0,"responses":0,"response_seconds":null})"
      "\n");
}

TEST(ConnectionLogLine, TellsTheServiceAndTheViewsOfAConnectionThatWasTranslated) {
  NamedEndedConnection ended;
  ended.interface = "any";
  ended.connection.summary.client = At("10.0.0.1:40000");
  ended.connection.summary.server = At("10.0.0.2:8080");
  ended.connection.summary.service = At("10.96.0.10:80");
  ended.connection.views = {{At("10.0.0.1:40000"), At("10.96.0.10:80"), 7},
                            {At("10.0.0.1:40000"), At("10.0.0.2:8080"), 9},
                            {At("[2001:db8::9]:1024"), At("[2001:db8::2]:8080"), 0}};
  ended.connection.view_encapsulations.resize(3);
  ended.connection.view_encapsulations[1].AddVlan(5);
  ended.connection.view_encapsulations[1].AddTunnel({TunnelType::kVxlan, true, 1});
  const std::string line = ConnectionLogLine(ended);
  EXPECT_NE(line.find(R"("server":{"address":"10.0.0.2","port":8080},"role":"inferred",)"
                      R"("service":{"address":"10.96.0.10","port":80},"confirmed":false)"),
            std::string::npos)
      << line;
  EXPECT_NE(
      line.find(R"("interface":"any","vlans":[],"tunnels":[],"views":[)"
                R"({"client":{"address":"10.0.0.1","port":40000},"server":{"address":"10.96.0.10","port":80},)"
                R"("vlans":[],"tunnels":[]},)"
                R"({"client":{"address":"10.0.0.1","port":40000},"server":{"address":"10.0.0.2","port":8080},)"
                R"("vlans":[5],"tunnels":[{"type":"vxlan","id":1}]},)"
                R"({"client":{"address":"2001:db8::9","port":1024},"server":{"address":"2001:db8::2","port":8080},)"
                R"("vlans":[],"tunnels":[]}],"state":)"),
      std::string::npos)
      << line;
}

TEST(ConnectionLogLine, TellsWhoIsAtEachEnd) {
  NamedEndedConnection ended;
  ended.interface = "any";
  ended.connection.summary.client = At("10.0.0.1:40000");
  ended.connection.summary.server = At("10.0.0.2:5432");
  ended.connection.summary.service = At("10.0.0.2:5432");
  ended.connection.client = ExamplePod();
  ended.connection.server = ExampleUnit();
  const std::string line = ConnectionLogLine(ended);
  EXPECT_EQ(line.substr(0, line.find(",\"confirmed\"")),
            R"({"client":{"address":"10.0.0.1","port":40000,"namespace":"shop","workload":"web",)"
            R"("workload_kind":"Deployment","pod":"web-5d4f8b6c5-x2x4z","container":"nginx","service_name":"front",)"
            R"("node":"node7","zone":"zone-a","comm":"ng\"\u001b[2J)"
            "\xef\xbf\xbd"
            R"("},"server":{"address":"10.0.0.2","port":5432,"workload":"Postgres@15-main.service",)"
            R"("workload_kind":"unit"},"role":"inferred")");
}

// A log whose file is the writing end of a pipe, with a queue of one worker.
class ConnectionLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(pipe(ends_), 0);
    auto log = ConnectionLog::Open("/proc/self/fd/" + std::to_string(ends_[1]), &patience_,
                                   {written_, lost_in_queue_, lost_in_writing_});
    ASSERT_TRUE(log.ok()) << log.status();
    close(ends_[1]);
    log_ = *std::move(log);
    queue_ = log_->AddQueue(/*may_wait=*/false);
    ended_.interface = "eth0";
  }
  void TearDown() override {
    log_.reset();
    close(ends_[0]);
  }

  // As at the end of a live capture: the table ends all its connections at once.
  void EndAll(int connections) {
    queue_->WaitFromNowOn();
    for (int i = 0; i < connections; ++i) queue_->Push(ended_);
  }

  // Reads until the log has closed its end; returns the number of lines.
  int64_t ReadAll() const {
    char chunk[4096];
    int64_t lines = 0;
    for (ssize_t count; (count = read(ends_[0], chunk, sizeof(chunk))) > 0;) {
      lines += std::count(chunk, chunk + count, '\n');
    }
    return lines;
  }

  NamedEndedConnection ended_;
  Haste haste_;
  Patience patience_{&SystemClock(), &haste_};
  prometheus::Counter written_;
  prometheus::Counter lost_in_queue_;
  prometheus::Counter lost_in_writing_;
  int ends_[2];
  std::unique_ptr<ConnectionLog> log_;
  EndedQueue* queue_ = nullptr;
};

// Opens a log at `path`, calls Reopen(), and returns what is logged until a later line is written.
std::string SaidOfReopening(const std::string& path) {
  Haste haste;
  Patience patience(&SystemClock(), &haste);
  prometheus::Counter written, lost_in_queue, lost_in_writing;
  auto log = ConnectionLog::Open(path, &patience, {written, lost_in_queue, lost_in_writing});
  if (!log.ok()) return log.status().ToString();
  EndedQueue* const queue = (*log)->AddQueue(/*may_wait=*/true);
  testing::internal::CaptureStderr();
  (*log)->Start();
  (*log)->Reopen();
  queue->Push(NamedEndedConnection());
  while (written.Value() + lost_in_writing.Value() == 0) std::this_thread::yield();
  (*log)->Finish();
  return testing::internal::GetCapturedStderr();
}

TEST(ConnectionLogReopening, IsLoggedOnlyWhenTheFileIsOpenedAgain) {
  const std::string path = testing::TempDir() + "/connection_log_test_reopened";
  EXPECT_THAT(SaidOfReopening(path), testing::HasSubstr("connection log reopened"));
  remove(path.c_str());
  EXPECT_EQ(SaidOfReopening("-"), "");
}

constexpr int kConnections = 4 * EndedQueue::kCapacity;

TEST_F(ConnectionLogTest, WritesAllThatEndsAtOnceThoughItIsMoreThanTheQueueHolds) {
  log_->Start();
  patience_.BeginEnd();
  std::thread reader([this] { EXPECT_EQ(ReadAll(), kConnections); });
  EndAll(kConnections);
  EXPECT_EQ(log_->Finish(), 0u);
  log_.reset();
  reader.join();
  EXPECT_EQ(written_.Value(), kConnections);
}

TEST_F(ConnectionLogTest, InHasteAReaderThatReadsNothingIsGivenUpAtTheDeadline) {
  log_->Start();
  patience_.BeginEnd();
  haste_.Begin();
  EndAll(kConnections);
  const uint64_t lost = log_->Finish();
  EXPECT_GE(SystemClock().SteadyNanoseconds(), haste_.deadline_ns());
  EXPECT_GT(lost, 0u);
  EXPECT_EQ(written_.Value() + static_cast<double>(lost), kConnections) << "each line is written or counted as lost";
  log_.reset();
  EXPECT_EQ(ReadAll(), written_.Value());
}

TEST_F(ConnectionLogTest, HasteThatBeginsWhileTheWriterWaitsEndsTheWait) {
  log_->Start();
  std::thread signal([this] { haste_.Begin(); });
  EndAll(kConnections);
  EXPECT_GT(log_->Finish(), 0u);
  signal.join();
}

}  // namespace
}  // namespace tcpgauge
