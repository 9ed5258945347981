// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/edge_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/named_ends.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

class EdgeOrderTest : public testing::Test {
 protected:
  struct Row {
    EdgeCounters counters;
    EdgeCounters change;
    std::string client = "10.0.0.1:0";
    std::string server = "10.0.1.1:80";
    IdentityRef client_identity;
    IdentityRef server_identity;
    size_t clients = 0;
  };

  Row& Add() { return rows_.emplace_back(); }

  std::vector<uint32_t> Order(EdgeSort sort, bool reverse = false, size_t limit = 100) const {
    return *OrderEdges(Rows(), {sort, reverse, limit}, [] { return false; });
  }
  std::vector<EdgeRow> Rows() const {
    std::vector<EdgeRow> rows;
    for (const Row& row : rows_) {
      rows.push_back({&row.counters, &row.change, At(row.client).address, At(row.server), &row.client_identity,
                      &row.server_identity, row.clients});
    }
    return rows;
  }

  NamedEnds ends_;
  std::deque<Row> rows_;
};

using Indexes = std::vector<uint32_t>;

TEST_F(EdgeOrderTest, TheMostComesFirst) {
  for (const uint64_t n : {2u, 3u, 1u}) {
    Row& row = Add();
    row.change.client_payload_bytes = n;
    row.change.server_payload_bytes = 10 - 2 * n;
    row.counters.client_payload_bytes = 100 - n;
    row.counters.connections = static_cast<int64_t>(n % 3);
    row.counters.connections_refused = n;
    row.counters.segments = 100;
    row.counters.retransmitted_segments = (n + 1) % 3;
    row.counters.response_count = n;
    row.counters.response_sum_seconds = 12;
    row.counters.handshake_rtt_count = 1;
    row.counters.handshake_rtt_sum_seconds = static_cast<double>(n);
    row.clients = n;
  }
  EXPECT_EQ(Order(EdgeSort::kUp), (Indexes{1, 0, 2}));
  EXPECT_EQ(Order(EdgeSort::kDown), (Indexes{2, 0, 1}));
  EXPECT_EQ(Order(EdgeSort::kRate), (Indexes{2, 0, 1}));
  EXPECT_EQ(Order(EdgeSort::kBytes), (Indexes{2, 0, 1}));
  EXPECT_EQ(Order(EdgeSort::kConnections), (Indexes{0, 2, 1}));
  EXPECT_EQ(Order(EdgeSort::kFailures), (Indexes{1, 0, 2}));
  EXPECT_EQ(Order(EdgeSort::kLoss), (Indexes{2, 1, 0}));
  EXPECT_EQ(Order(EdgeSort::kRetransmissions), (Indexes{2, 1, 0}));
  EXPECT_EQ(Order(EdgeSort::kResponse), (Indexes{2, 0, 1}));
  EXPECT_EQ(Order(EdgeSort::kRtt), (Indexes{1, 0, 2}));
  EXPECT_EQ(Order(EdgeSort::kClients), (Indexes{1, 0, 2}));
}

TEST_F(EdgeOrderTest, WhatFailsNowComesBeforeWhatFailedOnce) {
  Add().counters.connections_timed_out = 1000;
  Add().change.connections_timed_out = 1;
  Add();
  EXPECT_EQ(Order(EdgeSort::kFailures), (Indexes{1, 0, 2}));
}

TEST_F(EdgeOrderTest, WhatIsUnknownComesLast) {
  Add();
  Add().counters.segments = 5;  // without loss
  Add().counters.response_count = 1;
  Add().counters.handshake_rtt_count = 1;
  EXPECT_EQ(Order(EdgeSort::kLoss)[0], 1u);
  EXPECT_EQ(Order(EdgeSort::kResponse)[0], 2u);
  EXPECT_EQ(Order(EdgeSort::kRtt)[0], 3u);
}

TEST_F(EdgeOrderTest, AddressesAndNamesAscend) {
  Add().client = "10.0.0.9:0";
  Add().client = "10.0.0.10:0";
  Add().client = "[2001:db8::1]:0";
  EXPECT_EQ(Order(EdgeSort::kClient), (Indexes{0, 1, 2}));
  rows_[0].server = "10.0.1.1:443";
  rows_[2].server = "9.0.0.1:8080";
  EXPECT_EQ(Order(EdgeSort::kServer), (Indexes{2, 1, 0}));
  rows_[0].client_identity = ends_.Identity("web-1");
  rows_[2].client_identity = ends_.Identity("API-1");
  rows_[1].server_identity = ends_.Identity("db-1");
  EXPECT_EQ(Order(EdgeSort::kClientName), (Indexes{2, 0, 1}));
  EXPECT_EQ(Order(EdgeSort::kServerName)[0], 1u);
}

TEST_F(EdgeOrderTest, EqualRowsHaveAnOrderToo) {
  Add().server = "10.0.1.2:80";
  Add().client = "10.0.0.2:0";
  Add();
  Add().counters.server_payload_bytes = 1;
  for (size_t i = 0; i < static_cast<size_t>(EdgeSort::kCount); ++i) {
    const auto sort = static_cast<EdgeSort>(i);
    const Indexes order = Order(sort);
    Indexes reversed = Order(sort, true);
    std::reverse(reversed.begin(), reversed.end());
    EXPECT_EQ(order, reversed) << i;
  }
  EXPECT_EQ(Order(EdgeSort::kRate), (Indexes{3, 2, 1, 0}));
}

TEST_F(EdgeOrderTest, ListsAsManyAsAreAskedFor) {
  for (uint64_t i = 0; i < 50; ++i) Add().counters.client_payload_bytes = i * 7 % 50;
  const Indexes all = Order(EdgeSort::kBytes);
  ASSERT_EQ(all.size(), 50u);
  for (size_t limit = 0; limit <= 51; ++limit) {
    const Indexes some = Order(EdgeSort::kBytes, false, limit);
    ASSERT_EQ(some.size(), std::min<size_t>(limit, 50));
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin()));
  }
}

TEST_F(EdgeOrderTest, StopsAtEachPointAtWhichItAsks) {
  for (int i = 0; i < 3000; ++i) Add();
  const std::vector<EdgeRow> rows = Rows();
  int calls = 0;
  EXPECT_TRUE(OrderEdges(rows, {}, [&calls] { return ++calls < 0; }).has_value());
  EXPECT_GE(calls, 4);
  for (int stop_at = 1; stop_at <= calls; ++stop_at) {
    int asked = 0;
    EXPECT_FALSE(OrderEdges(rows, {}, [&] { return ++asked >= stop_at; }).has_value());
    EXPECT_EQ(asked, stop_at) << "it goes on";
  }
}

absl::StatusOr<EdgeQuery> Parse(HttpFields parameters, EdgeListKind kind = EdgeListKind::kEdges) {
  HttpRequest request;
  request.query = std::move(parameters);
  return ParseEdgeQuery(request, kind);
}

TEST(ParseEdgeQuery, TakesSortAndLimit) {
  const auto query = Parse({{"sort", "-client_name"}, {"limit", "10000"}, {"other", "x"}});
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->sort, EdgeSort::kClientName);
  EXPECT_TRUE(query->reverse);
  EXPECT_EQ(query->limit, 10000u);
  for (const HttpFields& none : {HttpFields{}, HttpFields{{"sort", ""}, {"limit", ""}}}) {
    EXPECT_EQ(Parse(none)->sort, EdgeSort::kRate);
    EXPECT_FALSE(Parse(none)->reverse);
    EXPECT_EQ(Parse(none)->limit, 100u);
  }
}

TEST(ParseEdgeQuery, AListHasNoOrderByWhatItDoesNotShow) {
  EXPECT_TRUE(Parse({{"sort", "clients"}}, EdgeListKind::kServices).ok());
  EXPECT_EQ(Parse({{"sort", "clients"}}).status().message(),
            "sort: \"clients\" is not one of rate, bytes, up, down, connections, failures, loss, retransmissions, "
            "response, rtt, client, client_name, server, server_name, with a - before it to reverse");
  for (const char* sort : {"client", "-client_name"}) {
    EXPECT_THAT(std::string(Parse({{"sort", sort}}, EdgeListKind::kServices).status().message()),
                HasSubstr("rtt, clients, server, server_name, with a - before it to reverse"));
  }
}

TEST(ParseEdgeQuery, NamesWhatIsWrong) {
  for (const char* sort : {"speed", "-", "--rate", "Rate", "rate,bytes", " rate", "count"}) {
    EXPECT_THAT(std::string(Parse({{"sort", sort}}).status().message()), HasSubstr("sort: \"")) << sort;
  }
  for (const char* limit : {"10001", "-1", "+5", "5x", "1e3", "0x10", " 5", "99999999999999999999"}) {
    EXPECT_THAT(std::string(Parse({{"limit", limit}}).status().message()),
                HasSubstr("is not a number from 0 to 10000"));
  }
  EXPECT_EQ(Parse({{"sort", "rate"}, {"sort", ""}}).status().message(), "sort: is given 2 times; give it once");
  EXPECT_EQ(Parse({{"limit", ""}, {"limit", ""}}).status().message(), "limit: is given 2 times; give it once");
  for (const char* name : {"sort", "limit"}) {
    EXPECT_LT(Parse({{name, std::string(30000, '\x01')}}).status().message().size(), 1000u);
  }
}

}  // namespace
}  // namespace tcpgauge
