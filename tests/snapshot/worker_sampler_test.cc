// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/worker_sampler.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class WorkerSamplerTest : public testing::Test {
 protected:
  void Feed(const Segment& segment) { table_.Apply({&segment.packet(), 1}); }
  // Opens a connection that carries a request and its answer, half a second later.
  void Exchange(uint16_t client_port, double seconds) {
    const Endpoint client = {At("10.0.0.1:0").address, client_port};
    const Endpoint server = At("10.0.0.2:80");
    Feed(Segment(client, server).Syn(0).Time(seconds));
    Feed(Segment(server, client).Syn(0).Ack(1).Time(seconds));
    Feed(Segment(client, server).Seq(1).Ack(1).Time(seconds + 0.25));
    Feed(Segment(client, server).Seq(1).Ack(1).Payload(100).Starts(PayloadStart::kOther).Time(seconds + 0.25));
    Feed(Segment(server, client).Seq(1).Ack(101).Payload(1000).Starts(PayloadStart::kOther).Time(seconds + 0.75));
  }
  const WorkerSample& Latest() {
    EXPECT_TRUE(buffer_.TakeLatest());
    return buffer_.front();
  }

  ConnectionTable table_{TableOptions(), nullptr};
  CaptureCounters counters_;
  TripleBuffer<WorkerSample> buffer_;
  WorkerSampler sampler_{&table_, &counters_, &buffer_};
};

TEST_F(WorkerSamplerTest, SamplesOnceInEachSecondOfSteadyTime) {
  EXPECT_EQ(sampler_.Step(Seconds(5.3)), WorkerSampler::Progress::kPublished);
  EXPECT_EQ(Latest().second, 5);
  EXPECT_EQ(sampler_.Step(Seconds(5.9)), WorkerSampler::Progress::kIdle);
  EXPECT_EQ(sampler_.Step(Seconds(6)), WorkerSampler::Progress::kPublished);
  EXPECT_EQ(Latest().second, 6);
  EXPECT_EQ(sampler_.Step(Seconds(9.5)), WorkerSampler::Progress::kPublished);
  EXPECT_EQ(Latest().second, 9);
  EXPECT_FALSE(buffer_.TakeLatest());
}

TEST_F(WorkerSamplerTest, HasTotalsAndEdgesOfTheTable) {
  Exchange(1000, 1);
  Exchange(1001, 2);
  Feed(Segment(At("10.0.0.3:1"), At("10.0.0.2:81")).Syn(0).Time(3));
  counters_.clock_stepped_ns = 5;
  sampler_.Step(0);
  const WorkerSample& sample = Latest();
  EXPECT_EQ(sample.time_ns, TestTime(3));
  EXPECT_EQ(sample.clock_stepped_ns, 5);
  EXPECT_EQ(sample.totals.client_payload_bytes, 200);
  EXPECT_EQ(sample.totals.server_payload_bytes, 2000);
  EXPECT_EQ(sample.totals.segments, 4);
  EXPECT_EQ(sample.totals.connections_opened, 3);
  EXPECT_EQ(sample.totals.connections, 3);
  EXPECT_EQ(sample.totals.handshake_rtts, 2);
  EXPECT_EQ(sample.totals.handshake_rtt_us_sum, 500'000);
  EXPECT_EQ(sample.totals.responses, 2);
  EXPECT_EQ(sample.totals.response_us_sum, 1'000'000);
  ASSERT_EQ(sample.edges.size(), 2);
  HistoryCounts sum;
  for (const SampledEdge& edge : sample.edges) {
    const bool is_answered = edge.key.server == At("10.0.0.2:80");
    EXPECT_EQ(edge.counts.connections, is_answered ? 2 : 0) << "an edge's gauge does not count attempts";
    EXPECT_EQ(edge.counts.payload_bytes(), is_answered ? 2200 : 0);
    EXPECT_EQ(edge.response_times.counts[-3 - ResponseCounts::kFirst], is_answered ? 2 : 0) << "half a second";
    sum.Add(edge.counts);
  }
  EXPECT_TRUE(sample.totals.Since(sum).CountsNothing()) << "edges and totals count the same";
}

TEST_F(WorkerSamplerTest, ASampleOfAFileHasAllOfItsConnections) {
  for (uint16_t port = 1000; port < 1400; ++port) Exchange(port, 1);
  EXPECT_FALSE(table_.AdvanceTime(TestTime(2))) << "the table has told the edges of the first connections alone";
  const Segment more = Segment({At("10.0.0.1:0").address, 1000}, At("10.0.0.2:80")).Seq(101).Ack(1001).Payload(7);
  for (const bool is_last : {false, true}) {
    Feed(Segment(more).Time(2));
    is_last ? sampler_.SampleLast() : sampler_.SampleBefore(kTestStartNs / Seconds(1) + 3);
    EXPECT_EQ(Latest().totals.payload_bytes(),
              table_.totals().client_payload_bytes + table_.totals().server_payload_bytes);
  }
}

TEST_F(WorkerSamplerTest, ASampleOfAFileHasTheTimeOfItsSecond) {
  Exchange(1000, 1);
  const int64_t second = kTestStartNs / Seconds(1) + 2;
  sampler_.SampleBefore(second);
  EXPECT_EQ(Latest().second, second);
  EXPECT_EQ(buffer_.front().time_ns, TestTime(2));
  sampler_.SampleLast();
  EXPECT_EQ(Latest().second, INT64_MAX);
  EXPECT_EQ(buffer_.front().time_ns, TestTime(1.75));
}

}  // namespace
}  // namespace tcpgauge
