// SPDX-License-Identifier: Apache-2.0
#include "src/attach/edges_from_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "exporter/web/edges_json.h"
#include "src/attach/snapshot_from_json.h"
#include "src/snapshot/edge_groups.h"
#include "tests/json/text_body.h"
#include "tests/tui/office_edges.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

absl::StatusOr<EdgesAnswer> Read(const std::string& text, size_t limit = 100) {
  TextBody body(text);
  return EdgesFromJson(&body, limit);
}

std::string Written(const Snapshot& snapshot, size_t limit = 100) {
  EdgeQuery query;
  query.limit = limit;
  return EdgesJson(snapshot, query, "node7", [] { return false; }).value();
}

Snapshot With(EdgesAnswer answer, const std::vector<std::string>& interfaces = {}) {
  Snapshot snapshot;
  for (const std::string& name : interfaces) snapshot.interfaces.emplace_back().name = name;
  AddEdges(std::move(answer), &snapshot);
  return snapshot;
}

TEST(EdgesFromJson, GroupsAreThoseOfTheAgent) {
  const std::shared_ptr<Snapshot> original = OfficeEdges(5);
  const Snapshot read = With(Read(Written(*original)).value());
  ASSERT_EQ(read.edges.exported.size(), original->edges.exported.size());
  for (const EdgeGroupKind kind : {EdgeGroupKind::kService, EdgeGroupKind::kClient, EdgeGroupKind::kWorkload}) {
    const EdgeGroups want = GroupEdges(*original, kind), got = GroupEdges(read, kind);
    ASSERT_EQ(got.groups.size(), want.groups.size());
    EXPECT_EQ(got.change_seconds, want.change_seconds);
    EXPECT_EQ(got.total.counters.client_payload_bytes, want.total.counters.client_payload_bytes);
    EXPECT_EQ(got.other.counters.client_payload_bytes, want.other.counters.client_payload_bytes);
    EXPECT_EQ(got.other.change.client_payload_bytes, want.other.change.client_payload_bytes);
    for (const EdgeGroup& group : want.groups) {
      const auto found = std::find_if(got.groups.begin(), got.groups.end(), [&group](const EdgeGroup& candidate) {
        return candidate.client == group.client && candidate.server == group.server &&
               candidate.sum.counters.client_payload_bytes == group.sum.counters.client_payload_bytes;
      });
      ASSERT_NE(found, got.groups.end());
      EXPECT_EQ(found->sum.counters.connections, group.sum.counters.connections);
      EXPECT_EQ(found->sum.counters.segments, group.sum.counters.segments);
      EXPECT_EQ(FailedConnections(found->sum.counters), FailedConnections(group.sum.counters));
      EXPECT_EQ(FailedConnections(found->sum.change), FailedConnections(group.sum.change));
      EXPECT_EQ(found->sum.change.server_payload_bytes, group.sum.change.server_payload_bytes);
      EXPECT_EQ(found->sum.change.retransmitted_segments, group.sum.change.retransmitted_segments);
      EXPECT_NEAR(MeanResponseSeconds(found->sum.counters).value_or(0),
                  MeanResponseSeconds(group.sum.counters).value_or(0), 1e-6);
      EXPECT_EQ(found->server_identity == nullptr, group.server_identity == nullptr);
    }
  }
}

TEST(EdgesFromJson, InterfacesAreThoseOfTheAgent) {
  const std::shared_ptr<Snapshot> original = OfficeEdges(5);
  original->interfaces[0].stalled_connections = 2;
  const EdgesAnswer answer = Read(Written(*original)).value();
  // The list of connections may name the interfaces in another sequence, and lack those that came since.
  const Snapshot read = With(answer, {"lo", "wlan0"});
  ASSERT_EQ(read.interfaces.size(), 3u);
  EXPECT_EQ(read.interfaces[2].name, "eth0");
  const EdgeGroups got = GroupEdges(read, EdgeGroupKind::kInterface);
  const EdgeGroups want = GroupEdges(*original, EdgeGroupKind::kInterface);
  EXPECT_FALSE(got.is_of_connections);
  ASSERT_EQ(got.groups.size(), 3u);
  EXPECT_EQ(got.groups[0].sum.counters.segments, 0u);
  for (const auto& [index, wanted] : {std::make_pair(2, 0), std::make_pair(1, 1)}) {
    const EdgeSum& sum = got.groups[static_cast<size_t>(index)].sum;
    const EdgeSum& other = want.groups[static_cast<size_t>(wanted)].sum;
    EXPECT_EQ(sum.counters.connections, other.counters.connections);
    EXPECT_EQ(sum.counters.stalled, other.counters.stalled);
    EXPECT_EQ(FailedConnections(sum.change), FailedConnections(other.change));
    EXPECT_EQ(sum.change.client_payload_bytes, other.change.client_payload_bytes);
    EXPECT_EQ(LossShare(sum.counters), LossShare(other.counters));
    EXPECT_EQ(LossShare(sum.change), LossShare(other.change));
  }
  EXPECT_EQ(got.other.counters.client_payload_bytes, want.other.counters.client_payload_bytes);
}

TEST(EdgesFromJson, AnOlderAgentHasNoAccountsOfInterfaces) {
  const Snapshot read = With(Read(R"({"edges":[]})").value(), {"eth0"});
  EXPECT_FALSE(read.has_interface_accounts);
  EXPECT_TRUE(GroupEdges(read, EdgeGroupKind::kInterface).is_of_connections);
}

TEST(EdgesFromJson, InterfacesHaveABound) {
  std::string many = R"({"edges":[],"interfaces":[{"name":"a","segments":1})";
  for (size_t i = 0; i < AnswerBounds::kInterfaces; ++i) many += R"(,{"name":"b"})";
  EXPECT_EQ(Read(many + "]}").status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(With(Read(R"({"edges":[],"interfaces":[7,{"segments":"x"},{"name":8}]})").value()).interfaces.size(), 1u)
      << "without a name";
}

TEST(EdgesFromJson, WhatIsNotListedIsOther) {
  const std::shared_ptr<Snapshot> original = OfficeEdges(5);
  const Snapshot read = With(Read(Written(*original, 1), 1).value());
  ASSERT_EQ(read.edges.exported.size(), 1u);
  const EdgeGroups groups = GroupEdges(read, EdgeGroupKind::kService);
  EXPECT_EQ(groups.total.counters.connections, 37);
  EXPECT_EQ(groups.other.counters.connections, 25);
  EXPECT_EQ(groups.other.counters.connections_refused, 2u * 3605);
}

TEST(EdgesFromJson, KeepsThePrefixesOfClientsAndServers) {
  const std::shared_ptr<Snapshot> original = OfficeEdges(5);
  original->edges.v4_prefix_bits = 24;
  original->edges.v4_server_prefix_bits = 16;
  for (EdgeView& edge : original->edges.exported) edge.key.is_server_prefix = true;
  const EdgesAnswer read = Read(Written(*original)).value();
  EXPECT_EQ(read.edges.v4_prefix_bits, 24);
  EXPECT_EQ(read.edges.v4_server_prefix_bits, 16);
  EXPECT_TRUE(read.edges.exported[0].key.is_server_prefix);
}

TEST(EdgesFromJson, TakesNothingOnTrust) {
  constexpr char kEnds[] = R"("client":{"address":"10.0.0.1"},"server":{"address":"10.0.0.2","port":80})";
  const EdgesAnswer huge = Read(std::string(R"({"recent_seconds":1e300,"totals":{"connections":-5},"edges":[{)") +
                                kEnds + R"(,"connections":18446744073709551615,"segments":18446744073709551615,)" +
                                R"("response_seconds":1e308,"recent":{"client_payload_bytes_per_second":1e308}}]})")
                               .value();
  EXPECT_EQ(huge.edges.exported[0].counters.segments, EdgesAnswerBounds::kCount);
  EXPECT_EQ(huge.changes.exported[0].client_payload_bytes, EdgesAnswerBounds::kCount);
  EXPECT_EQ(huge.edges.other.connections, 0);
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {{"[]", "not that of a tcpgauge agent"},
                {"{}", "not that of a tcpgauge agent"},
                {R"({"edges":[7]})", "an edge that cannot be read"},
                {R"({"edges":[{"client":{"address":"x"}}]})", "an edge that cannot be read"}};
  for (const auto& wrong : kCases) {
    EXPECT_THAT(std::string(Read(wrong.text).status().message()), HasSubstr(wrong.error)) << wrong.text;
  }
  const std::string two = std::string(R"({"edges":[{)") + kEnds + "},{" + kEnds + "}]}";
  EXPECT_TRUE(Read(two, 2).ok());
  EXPECT_EQ(Read(two, 1).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace tcpgauge
