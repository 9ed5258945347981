// SPDX-License-Identifier: Apache-2.0
#include "src/attach/snapshot_from_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "exporter/web/connections_json.h"
#include "src/base/time_units.h"
#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/json/text_body.h"
#include "tests/support/example_identities.h"

namespace tcpgauge {
namespace {

constexpr size_t kLimit = 100;

absl::StatusOr<Snapshot> Read(const std::string& text, size_t limit = kLimit) {
  TextBody body(text);
  return SnapshotFromJson(&body, limit);
}

Snapshot ThroughJson(const Snapshot& snapshot, const ConnectionQuery& query = {}) {
  return Read(ConnectionsJson(snapshot, query, "node7")).value();
}

TEST(SnapshotFromJson, ReadsBackAllThatTheAgentWrote) {
  Snapshot original = ExampleSnapshot();
  Encapsulation encapsulation;
  encapsulation.AddVlan(7);
  encapsulation.AddTunnel({TunnelType::kVxlan, true, 5000});
  encapsulation.AddTunnel({TunnelType::kGre, false, 0});
  original.encapsulations.push_back(encapsulation);
  original.connections[0].encapsulation = 1;
  original.connections[0].id = UINT64_MAX;
  original.connections[0].role = Role::kObserved;
  original.connections[0].responses = 345;
  original.connections[0].response_ns = 2500000;
  const Endpoint service = {*IpAddress::Parse("10.96.0.10"), 80};
  original.connections[0].service = service;
  original.views = {{original.connections[0].client, service, 0},
                    {original.connections[0].client, original.connections[0].server, 1},
                    {service, service, 1},
                    {service, service, 0}};
  original.connections[0].view_count = 2;
  original.connections[2].first_view = 2;
  original.connections[2].view_count = 2;
  const Snapshot read = ThroughJson(original);
  EXPECT_EQ(read.agent, "node7");
  EXPECT_EQ(read.sequence, 7u);
  EXPECT_NEAR(read.time_ns, original.time_ns, 1000);
  EXPECT_EQ(read.connections_not_listed, 6u);
  ASSERT_EQ(read.interfaces.size(), 2u);
  EXPECT_EQ(read.interfaces[0].dropped_packets, 5u);
  EXPECT_FALSE(read.interfaces[1].up);
  ASSERT_EQ(read.connections.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const ConnectionSummary& is = read.connections[i];
    const ConnectionSummary& was = original.connections[i];
    EXPECT_EQ(is.id, was.id);
    EXPECT_EQ(is.client, was.client);
    EXPECT_EQ(is.server, was.server);
    EXPECT_EQ(is.service, was.service);
    ASSERT_EQ(is.view_count, was.view_count);
    for (size_t view = 0; view < is.view_count; ++view) {
      const ConnectionView& view_is = read.views_of(is)[view];
      const ConnectionView& view_was = original.views_of(was)[view];
      EXPECT_EQ(view_is.client, view_was.client);
      EXPECT_EQ(view_is.server, view_was.server);
      EXPECT_TRUE(read.encapsulations[view_is.encapsulation] == original.encapsulations[view_was.encapsulation]);
    }
    EXPECT_EQ(is.state, was.state);
    EXPECT_EQ(is.role, was.role);
    EXPECT_EQ(read.interfaces[is.interface].name, original.interfaces[was.interface].name);
    EXPECT_TRUE(read.encapsulations[is.encapsulation] == original.encapsulations[was.encapsulation]);
    EXPECT_NEAR(is.start_time_ns, was.start_time_ns, 1000);
    EXPECT_NEAR(is.last_packet_time_ns, was.last_packet_time_ns, 1000);
    EXPECT_NEAR(is.rtt_ns, was.rtt_ns, 1);
    EXPECT_NEAR(is.server_min_rtt_ns, was.server_min_rtt_ns, 1);
    EXPECT_NEAR(is.client_min_rtt_ns, was.client_min_rtt_ns, 1);
    EXPECT_NEAR(is.min_rtt_ns(), was.min_rtt_ns(), 2);
    EXPECT_EQ(is.responses, was.responses);
    EXPECT_NEAR(is.response_ns, was.response_ns, 1);
    EXPECT_EQ(is.handshake_rtt_ns, ConnectionSummary::kUnknown);
    EXPECT_EQ(is.payload_bytes(), was.payload_bytes());
    EXPECT_NEAR(is.payload_bytes_per_second(), was.payload_bytes_per_second(), 0.1);
    EXPECT_EQ(is.server_sent.retransmitted_segments, was.server_sent.retransmitted_segments);
  }
}

TEST(SnapshotFromJson, ReadsBackWhoIsAtEachEnd) {
  Snapshot original = ExampleSnapshot();
  original.identities = {nullptr, ExamplePod(), ExampleUnit(), ExampleGuess()};
  original.connections[0].client_identity = 1;
  original.connections[0].server_identity = 2;
  original.connections[1].client_identity = 2;
  original.connections[2].server_identity = 3;
  const Snapshot read = ThroughJson(original);
  EXPECT_EQ(read.identities.size(), 4u) << "each identity once";
  EXPECT_EQ(read.identities[0], nullptr);
  ASSERT_EQ(read.connections.size(), 3u);
  const auto expect_same = [](const IdentityRef& is, const IdentityRef& was) {
    ASSERT_EQ(is == nullptr, was == nullptr);
    EXPECT_TRUE(was == nullptr || is->identity == was->identity);
  };
  for (size_t i = 0; i < 3; ++i) {
    const ConnectionSummary& is = read.connections[i];
    const ConnectionSummary& was = original.connections[i];
    expect_same(read.identities[is.client_identity], original.identities[was.client_identity]);
    expect_same(read.identities[is.server_identity], original.identities[was.server_identity]);
  }
  ASSERT_NE(read.connections[0].client_identity, 0u);
  EXPECT_EQ(read.identities[read.connections[0].client_identity]->identity.comm, "ng\"\x1b[2J\xef\xbf\xbd");
}

TEST(SnapshotFromJson, WhatIsNotListedIsKnownAsASum) {
  ConnectionQuery query;
  query.limit = 1;
  query.reverse = true;  // the heaviest connection is not listed
  const Snapshot original = ExampleSnapshot();
  const Snapshot read = ThroughJson(original, query);
  EXPECT_EQ(read.connections.size(), 1u);
  EXPECT_EQ(read.connections_not_listed, 8u);
  EXPECT_EQ(read.not_listed_client_sent.payload_bytes, 1234u);
  EXPECT_NEAR(read.not_listed_server_sent.payload_bytes_per_second, 1e9 / 3, 0.1);
  EXPECT_EQ(ThroughJson(original).not_listed_client_sent.payload_bytes, 0u);
}

TEST(SnapshotFromJson, RefusesWhatIsNoAnswerOfAnAgent) {
  for (const char* text :
       {"", "<html>", "[]", "{}", "{\"connections\":[]}", "{\"connections\":7,\"time\":1}",
        "{\"time\":1,\"connections\":[7]}", "{\"time\":1,\"connections\":[{\"id\":\"\"}]}",
        "{\"time\":1,\"connections\":[{\"id\":\"1x\",\"client\":{\"address\":\"1.2.3.4\",\"port\":1},"
        "\"server\":{\"address\":\"1.2.3.4\",\"port\":1}}]}",
        "{\"time\":1,\"connections\":[{\"id\":\"1\",\"client\":{\"address\":\"1.2.3.4\",\"port\":65536},"
        "\"server\":{\"address\":\"1.2.3.4\",\"port\":1}}]}"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Read(text).status())) << text;
  }
}

TEST(SnapshotFromJson, AnswersOfAnyShapeAreReadSafely) {
  // Changes every third byte of a true answer, one at a time, to bytes that matter to JSON.
  Snapshot original = ExampleSnapshot();
  original.views.assign(2, {original.connections[0].client, original.connections[1].client, 0});
  original.connections[0].view_count = 2;
  original.connections[0].service = original.connections[1].client;
  const std::string text = ConnectionsJson(original, {}, "node7");
  for (size_t i = 0; i < text.size(); i += 3) {
    for (const char c : {'0', '"', '-', '[', '}', 'e', '\xff'}) {
      std::string broken = text;
      broken[i] = c;
      const auto snapshot = Read(broken);
      if (!snapshot.ok()) continue;
      for (const ConnectionSummary& connection : snapshot->connections) {
        ASSERT_LT(connection.interface, snapshot->interfaces.size());
        ASSERT_LT(connection.encapsulation, snapshot->encapsulations.size());
        ASSERT_LE(connection.first_view + connection.view_count, snapshot->views.size());
        for (const ConnectionView& view : snapshot->views_of(connection)) {
          ASSERT_LT(view.encapsulation, snapshot->encapsulations.size());
        }
      }
    }
  }
}

// One connection whose members are the default ones, or those of `more`. The last of two equal names counts.
std::string Row(uint64_t id, const std::string& more = "") {
  return absl::StrCat("{\"id\":\"", id, "\",\"client\":{\"address\":\"192.0.2.1\",\"port\":1},",
                      "\"server\":{\"address\":\"192.0.2.2\",\"port\":2}", more.empty() ? "" : ",", more, "}");
}

// An answer with these rows, and with members of its own.
std::string Answer(const std::vector<std::string>& rows, const std::string& more = "") {
  return absl::StrCat("{\"time\":1000", more.empty() ? "" : ",", more, ",\"connections\":[", absl::StrJoin(rows, ","),
                      "]}");
}

ConnectionSummary ReadRow(const std::string& members) {
  return Read(Answer({Row(7, members)})).value().connections.at(0);
}

// A view as an agent writes it.
std::string View(const std::string& client, uint64_t port, const std::string& more = "") {
  return absl::StrCat("{\"client\":{\"address\":\"", client, "\",\"port\":", port,
                      "},\"server\":{\"address\":\"10.0.0.2\",\"port\":2}", more, "}");
}

TEST(SnapshotFromJson, ReadsAtMostEightViewsOfAConnection) {
  for (const size_t sent : {2, 8, 9, 5000}) {
    std::vector<std::string> views;
    for (size_t i = 0; i < sent; ++i) views.push_back(View("10.0.0.1", i, ",\"vlans\":[7],\"tunnels\":[{}]"));
    const std::string row = "\"views\":[" + absl::StrJoin(views, ",") + "],\"vlans\":[9]";
    const Snapshot snapshot = Read(Answer({Row(1, row), Row(2), Row(3, row)}), sent * 100).value();
    const size_t kept = std::min<size_t>(sent, 8);
    EXPECT_EQ(snapshot.views.size(), 2 * kept);
    EXPECT_EQ(snapshot.connections[0].view_count, kept);
    EXPECT_EQ(snapshot.connections[1].view_count, 0u);
    ASSERT_EQ(snapshot.connections[2].view_count, kept);
    EXPECT_EQ(snapshot.views_of(snapshot.connections[2])[1].client.port, 1);
    EXPECT_EQ(snapshot.encapsulations[snapshot.views[0].encapsulation].vlans[0], 7);
    EXPECT_EQ(snapshot.encapsulations[snapshot.connections[0].encapsulation].vlans[0], 9) << "not that of a view";
  }
}

TEST(SnapshotFromJson, ViewsThatCannotBeReadAreLeftOut) {
  const std::string good = View("10.0.0.1", 1) + "," + View("2001:db8::1", 65535);
  for (const std::string& wrong :
       {View("10.0.0", 1), View("10.0.0.1", 65536), std::string("{}"), std::string("7"), std::string("[]"),
        std::string("null"), std::string("{\"client\":{\"address\":\"10.0.0.1\",\"port\":1},\"server\":[]}")}) {
    const Snapshot snapshot = Read(Answer({Row(1, "\"views\":[" + wrong + "," + good + "]"), Row(2)})).value();
    ASSERT_EQ(snapshot.connections[0].view_count, 2u) << wrong;
    EXPECT_EQ(snapshot.views_of(snapshot.connections[0])[1].client.port, 65535) << wrong;
  }
  for (const char* wrong : {"7", "{}", "\"x\"", "null", "[]", "[[]]"}) {
    EXPECT_EQ(ReadRow(absl::StrCat("\"views\":", wrong)).view_count, 0u) << wrong;
  }
  EXPECT_EQ(ReadRow("\"views\":[" + good + "," + good + "],\"views\":[" + good + "]").view_count, 2u)
      << "the last of two lists counts";
}

TEST(SnapshotFromJson, AServiceThatIsMissingOrWrongIsTheServer) {
  for (const char* service : {"", "\"service\":null", "\"service\":{}", "\"service\":[]", "\"service\":7",
                              "\"service\":{\"address\":\"10.96.0\",\"port\":1}",
                              "\"service\":{\"address\":\"10.96.0.10\",\"port\":65536}"}) {
    const ConnectionSummary connection = ReadRow(service);
    EXPECT_EQ(connection.service, connection.server) << service;
  }
  EXPECT_EQ(ReadRow("\"service\":{\"address\":\"10.96.0.10\",\"port\":80}").service.ToString(), "10.96.0.10:80");
}

TEST(SnapshotFromJson, ReadsTheSameInPiecesOfAnySize) {
  const std::string text = ConnectionsJson(ExampleSnapshot(), {}, "node7");
  for (size_t piece_bytes = 1; piece_bytes < 40; ++piece_bytes) {
    TextBody body(text, piece_bytes);
    const auto snapshot = SnapshotFromJson(&body, kLimit);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    EXPECT_EQ(snapshot->connections.size(), 3u);
    EXPECT_EQ(snapshot->connections[2].payload_bytes(), ExampleSnapshot().connections[2].payload_bytes());
  }
}

TEST(SnapshotFromJson, RefusesMoreConnectionsThanWereAskedFor) {
  std::vector<std::string> rows;
  for (uint64_t id = 1; id <= 5; ++id) rows.push_back(Row(id));
  EXPECT_EQ(Read(Answer(rows), 5)->connections.size(), 5u);
  const absl::Status status = Read(Answer(rows), 4).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(status.message(), "the agent's answer lists more connections than the 4 that were asked for");
  EXPECT_TRUE(absl::IsResourceExhausted(Read(Answer({Row(1)}), 0).status()));
  EXPECT_TRUE(
      absl::IsResourceExhausted(Read("{\"connections\":[" + Row(1) + "],\"connections\":[" + Row(2), 1).status()))
      << "in two arrays";
}

TEST(SnapshotFromJson, RefusesMoreThanTheRestOfAnAnswerMayHold) {
  const std::pair<const char*, const char*> members[] = {
      {"interfaces", "1,"}, {"agent", "[],"}, {"matching", "{\"a\":{}},"}, {"newer", "\"x\","}};
  for (const auto& [name, item] : members) {
    std::string text = absl::StrCat("{\"", name, "\":[");
    while (text.size() < AnswerBounds::kBytes + 10 * AnswerBounds::kConnectionBytes + 20000) text += item;
    EXPECT_TRUE(absl::IsResourceExhausted(Read(text, 10).status())) << name;
  }
}

TEST(SnapshotFromJson, SkipsWhatANewerAgentSends) {
  const std::string deep = std::string(50, '[') + std::string(50, ']');
  std::string huge = "[1";
  while (huge.size() < 1000000) huge += ",[{\"a\":\"b\"}]";
  huge += "]";
  const std::string wide = "{\"id\":[1,{\"client_packets\":7}],\"time\":2}";
  for (const std::string& value : {deep, huge, wide, std::string("\"") + std::string(1000000, 'x') + "\""}) {
    const std::string member = "\"newer\":" + value;
    const auto snapshot = Read(Answer({Row(7, "\"client_packets\":5," + member)},
                                      member + ",\"interfaces\":[{" + member + ",\"name\":\"eth0\"}," + value + "]"));
    ASSERT_TRUE(snapshot.ok()) << snapshot.status() << value.substr(0, 20);
    EXPECT_EQ(snapshot->time_ns, 1000 * kNanosecondsPerSecond);
    EXPECT_EQ(snapshot->connections.at(0).client_sent.packets, 5u);
    EXPECT_EQ(snapshot->interfaces[0].name, "eth0");
  }
}

TEST(SnapshotFromJson, AWrongValueCountsAsAMissingOne) {
  for (const std::string wrong : {"-1", "1.5", "\"1\"", "null", "true", "[1]", "{\"a\":1}", "18446744073709551616"}) {
    EXPECT_EQ(ReadRow("\"client_packets\":" + wrong).client_sent.packets, 0u) << wrong;
    EXPECT_EQ(ReadRow("\"server_zero_windows\":" + wrong).server_sent.zero_windows, 0u) << wrong;
    EXPECT_EQ(Read(Answer({}, "\"connections_in_all\":" + wrong))->connections_not_listed, 0u) << wrong;
    EXPECT_EQ(Read(Answer({}, "\"agent\":" + wrong))->agent, wrong == "\"1\"" ? "1" : "") << wrong;
  }
  EXPECT_EQ(ReadRow("\"responses\":4294967296").responses, UINT32_MAX);
  EXPECT_EQ(ReadRow("\"client_zero_windows\":4294967296").client_sent.zero_windows, UINT32_MAX);
  EXPECT_EQ(ReadRow("\"state\":\"\\u001b[31m\"").state, ConnectionState::kEstablished);
}

TEST(SnapshotFromJson, NumbersStayInTheirRange) {
  for (const std::string far : {"-1", "-1e300", "1e300", "18446744073709551615", "4611686019"}) {
    const ConnectionSummary row =
        ReadRow(absl::StrCat("\"start_time\":", far, ",\"last_packet_time\":", far, ",\"rtt_seconds\":", far,
                             ",\"handshake_rtt_seconds\":", far, ",\"server_min_rtt_seconds\":", far,
                             ",\"client_min_rtt_seconds\":", far, ",\"response_seconds\":", far));
    EXPECT_EQ(row.start_time_ns, 0) << far;
    EXPECT_EQ(row.last_packet_time_ns, 0) << far;
    EXPECT_EQ(row.rtt_ns, ConnectionSummary::kUnknown) << far;
    EXPECT_EQ(row.server_min_rtt_ns, ConnectionSummary::kUnknown) << far;
    EXPECT_EQ(row.client_min_rtt_ns, ConnectionSummary::kUnknown) << far;
    EXPECT_EQ(row.handshake_rtt_ns, ConnectionSummary::kUnknown) << far;
    EXPECT_EQ(row.response_ns, ConnectionSummary::kUnknown) << far;
    EXPECT_EQ(Read(absl::StrCat("{\"time\":", far, ",\"connections\":[]}"))->time_ns, 0) << far;
    const double rate = ReadRow("\"client_payload_bytes_per_second\":" + far).client_sent.payload_bytes_per_second;
    EXPECT_TRUE(rate >= 0 && rate <= 1e18) << far;
  }
  EXPECT_EQ(ReadRow("\"start_time\":4611686018").start_time_ns, 4611686018 * kNanosecondsPerSecond);
  const auto sums = Read(Answer({Row(1), Row(2)}, "\"matching\":{\"client_payload_bytes_per_second\":1e308}"));
  EXPECT_EQ(sums->not_listed_client_sent.payload_bytes_per_second, 1e18);
}

TEST(SnapshotFromJson, TheLastOfTwoMembersCounts) {
  const auto snapshot =
      Read("{\"time\":1,\"connections\":[" +
           Row(1, "\"id\":\"9\",\"client\":{\"address\":\"192.0.2.9\",\"port\":9},\"vlans\":[1],\"vlans\":[2,3]") +
           "],\"time\":2}");
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(snapshot->time_ns, 2 * kNanosecondsPerSecond);
  EXPECT_EQ(snapshot->connections.at(0).id, 9u);
  EXPECT_EQ(snapshot->connections[0].client.port, 9);
  EXPECT_EQ(snapshot->encapsulations.at(1).vlan_count, 2);
  for (const char* row : {"\"client\":{}", "\"id\":\"\"", "\"server\":{\"address\":\"x\",\"port\":1}"}) {
    EXPECT_FALSE(Read(Answer({Row(1, row)})).ok()) << row;
  }
}

TEST(SnapshotFromJson, InterfacesMayComeAfterTheConnections) {
  const std::string rows = Row(1, "\"interface\":\"eth1\"") + "," + Row(2, "\"interface\":\"eth0\"") + "," +
                           Row(3, "\"interface\":\"gone\"") + "," + Row(4, "\"interface\":\"eth1\"");
  const std::string interfaces = "\"interfaces\":[{\"name\":\"eth0\"},{\"name\":\"eth1\"},{\"name\":\"eth1\"}]";
  for (const std::string& text : {"{\"time\":1,\"connections\":[" + rows + "]," + interfaces + "}",
                                  "{\"time\":1," + interfaces + ",\"connections\":[" + rows + "]}"}) {
    const Snapshot snapshot = Read(text).value();
    EXPECT_EQ(snapshot.connections[0].interface, 1u);
    EXPECT_EQ(snapshot.connections[1].interface, 0u);
    EXPECT_EQ(snapshot.interfaces.at(snapshot.connections[2].interface).name, "gone") << "is not listed any more";
    EXPECT_TRUE(snapshot.interfaces[snapshot.connections[2].interface].is_forgotten);
    EXPECT_EQ(snapshot.connections[3].interface, 1u);
  }
}

TEST(SnapshotFromJson, NamesAreCut) {
  const std::string name(AnswerBounds::kNameBytes + 1, 'n');
  const auto snapshot = Read(Answer({Row(1, "\"interface\":\"" + name + "\"")},
                                    "\"agent\":\"" + name + "\",\"interfaces\":[{},{\"name\":\"" + name + "\"}]"));
  EXPECT_EQ(snapshot->agent.size(), AnswerBounds::kNameBytes);
  EXPECT_EQ(snapshot->interfaces.at(1).name.size(), AnswerBounds::kNameBytes);
  EXPECT_EQ(snapshot->connections.at(0).interface, 1u);
}

TEST(SnapshotFromJson, ListsForgottenInterfacesInTheOrderOfTheConnections) {
  std::vector<std::string> rows;
  for (int i = 40; i > 0; --i) rows.push_back(Row(i, "\"interface\":\"veth" + std::to_string(i) + "\""));
  const Snapshot snapshot = Read("{\"time\":1,\"connections\":[" + absl::StrJoin(rows, ",") + "]}").value();
  ASSERT_EQ(snapshot.interfaces.size(), 40u);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(snapshot.interfaces[i].name, "veth" + std::to_string(40 - i));
}

// A connection whose client has these members besides its address.
std::string RowWithClient(uint64_t id, const std::string& members) {
  return Row(id, "\"client\":{\"address\":\"192.0.2.1\",\"port\":1," + members + "}");
}

TEST(SnapshotFromJson, ANameThatMayNotBeOneIsUnknown) {
  for (const char* value : {"\"\"", "\"a b\"", "\"<b>\"", "\"\\u001b[2J\"", "\"\\u00e9\"", "\"a/b\"", "7", "null",
                            "[\"a\"]", "{\"a\":\"b\"}", "\"x(guess)\""}) {
    for (const char* member : {"namespace", "workload", "pod", "container", "service_name", "node", "zone"}) {
      const Snapshot read = Read(Answer({RowWithClient(1, absl::StrCat("\"", member, "\":", value))})).value();
      EXPECT_EQ(read.identities.size(), 1u) << member << " " << value;
    }
  }
  const std::string longest(kMaxNameBytes, 'n');
  EXPECT_EQ(Read(Answer({RowWithClient(1, "\"pod\":\"" + longest + "\"")}))->identities.size(), 2u);
  EXPECT_EQ(Read(Answer({RowWithClient(1, "\"pod\":\"" + longest + "n\"")}))->identities.size(), 1u);
}

TEST(SnapshotFromJson, OfTwoEqualMembersOfAnEndTheLastCounts) {
  const Snapshot read =
      Read(Answer({RowWithClient(1, "\"pod\":\"a\",\"pod\":\"b\""), RowWithClient(2, "\"pod\":\"a\",\"pod\":\"b c\""),
                   RowWithClient(3, "\"pod\":\"a\"},\"client\":{\"address\":\"192.0.2.1\",\"port\":1")}))
          .value();
  EXPECT_EQ(read.identities[read.connections[0].client_identity]->identity.pod, "b");
  EXPECT_EQ(read.connections[1].client_identity, 0u);
  EXPECT_EQ(read.connections[2].client_identity, 0u);
}

TEST(SnapshotFromJson, AKindIsAGuessIfItSaysSo) {
  const Snapshot read = Read(Answer({RowWithClient(1, "\"workload_kind\":\"ReplicaSet(guess)\""),
                                     RowWithClient(2, "\"workload_kind\":\"ReplicaSet\""),
                                     RowWithClient(3, "\"workload_kind\":\"(guess)x\"")}))
                            .value();
  const EndIdentity& guess = read.identities[read.connections[0].client_identity]->identity;
  EXPECT_EQ(guess.workload_kind, "ReplicaSet");
  EXPECT_TRUE(guess.is_guess);
  EXPECT_FALSE(read.identities[read.connections[1].client_identity]->identity.is_guess);
  EXPECT_EQ(read.connections[2].client_identity, 0u);
}

TEST(SnapshotFromJson, TheNameOfAProcessIsCutAndIsNoIdentityAlone) {
  const std::string comm = "\"comm\":\"" + std::string(1000, 'c') + "\"";
  const Snapshot read = Read(Answer({RowWithClient(1, comm), RowWithClient(2, comm + ",\"pod\":\"a\"")})).value();
  EXPECT_EQ(read.connections[0].client_identity, 0u);
  EXPECT_EQ(read.identities[read.connections[1].client_identity]->identity.comm, std::string(kMaxCommBytes, 'c'));
}

TEST(SnapshotFromJson, TheEndsOfAViewHaveNoNames) {
  const Snapshot read = Read(Answer({Row(1,
                                         "\"views\":[{\"client\":{\"address\":\"192.0.2.1\",\"port\":1,\"pod\":\"a\"},"
                                         "\"server\":{\"address\":\"192.0.2.1\",\"port\":1,\"pod\":\"a\"}}]")}))
                            .value();
  EXPECT_EQ(read.identities.size(), 1u);
}

// They differ only in their containers, so that a hash of fewer members would put all of them into one place.
TEST(SnapshotFromJson, TellsTwentyThousandIdentitiesApart) {
  constexpr size_t kRows = 10000;
  std::vector<std::string> rows;
  for (size_t i = 0; i < kRows; ++i) {
    rows.push_back(
        Row(i, absl::StrCat("\"client\":{\"address\":\"192.0.2.1\",\"port\":1,\"container\":\"c", i,
                            "\"},\"server\":{\"address\":\"192.0.2.1\",\"port\":1,\"container\":\"s", i, "\"}")));
  }
  const Snapshot snapshot = Read(Answer(rows), kRows).value();
  EXPECT_EQ(snapshot.identities.size(), 2 * kRows + 1);
  EXPECT_EQ(snapshot.identities[snapshot.connections[4321].server_identity]->identity.container, "s4321");
}

TEST(SnapshotFromJson, BeyondTheBoundOfIdentitiesEndsAreUnknown) {
  constexpr size_t kRows = 10000;
  const std::string name(kMaxNameBytes, 'n');
  std::vector<std::string> rows;
  for (size_t i = 0; i < kRows; ++i) {
    rows.push_back(RowWithClient(i, absl::StrCat("\"node\":\"", name, "\",\"zone\":\"", name, "\",\"namespace\":\"",
                                                 name, "\",\"workload\":\"", name, "\",\"pod\":\"", i, "\"")));
  }
  const Snapshot snapshot = Read(Answer(rows), kRows).value();
  EXPECT_EQ(snapshot.connections.size(), kRows);
  EXPECT_NE(snapshot.connections[0].client_identity, 0u);
  EXPECT_EQ(snapshot.connections[kRows - 1].client_identity, 0u);
  size_t bytes = 0;
  for (const IdentityRef& ref : snapshot.identities) bytes += ref == nullptr ? 0 : 4 * kMaxNameBytes + 1;
  EXPECT_LT(bytes, AnswerBounds::kIdentitiesBytes);
  EXPECT_GT(bytes, AnswerBounds::kIdentitiesBytes / 10 * 9);
}

TEST(SnapshotFromJson, RefusesMoreInterfacesThanThereCanBe) {
  std::string text = "{\"interfaces\":[{}";
  for (size_t i = 0; i < AnswerBounds::kInterfaces; ++i) text += ",{}";
  EXPECT_TRUE(absl::IsResourceExhausted(Read(text).status()));
}

TEST(SnapshotFromJson, TellsTenThousandInterfacesAndEncapsulationsApart) {
  constexpr size_t kRows = 10000;
  std::vector<std::string> rows;
  for (size_t i = 0; i < kRows; ++i) {
    rows.push_back(Row(i, absl::StrCat("\"interface\":\"eth", i, "\",\"vlans\":[", 1 + i % 4000, ",", 1 + i / 4000,
                                       "],\"tunnels\":[{\"type\":\"vxlan\",\"id\":", i, "}]")));
  }
  const Snapshot snapshot = Read(Answer(rows), kRows).value();
  EXPECT_EQ(snapshot.connections.size(), kRows);
  EXPECT_EQ(snapshot.encapsulations.size(), kRows + 1);
  EXPECT_EQ(snapshot.encapsulations[snapshot.connections[4321].encapsulation].tunnels[0].id, 4321u);
}

TEST(SnapshotFromJson, TheBoundsHoldWhatAnAgentCanSend) {
  Snapshot most;
  most.time_ns = 4000000000 * kNanosecondsPerSecond;
  most.interfaces.assign(1, InterfaceView());
  most.interfaces[0].name = "0123456789abcde";
  Encapsulation encapsulation;
  for (size_t i = 0; i < 4; ++i) {
    encapsulation.AddVlan(4095);
    encapsulation.AddTunnel({TunnelType::kMplsInUdp, true, UINT32_MAX});
  }
  most.encapsulations.push_back(encapsulation);
  ConnectionSummary connection;
  connection.client = {*IpAddress::Parse("2001:db8:1111:2222:3333:4444:5555:6666"), 65535};
  connection.server = connection.client;
  connection.service = {connection.server.address, 65534};
  connection.id = UINT64_MAX;
  connection.encapsulation = 1;
  connection.state = ConnectionState::kSynReceived;
  connection.client_sent = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 1e17};
  connection.server_sent = connection.client_sent;
  connection.start_time_ns = connection.last_packet_time_ns = most.time_ns - 1;
  connection.server_min_rtt_ns = connection.client_min_rtt_ns = 123456789012345678;
  connection.handshake_rtt_ns = connection.rtt_ns = connection.response_ns = 123456789012345678;
  connection.responses = UINT32_MAX;
  connection.window_payload_bytes = UINT64_MAX;
  const std::string name(kMaxNameBytes, 'n');
  most.identities.push_back(
      IdentityOf(1, {name, name, name, true, name, name, name, name, name, std::string(kMaxCommBytes, '\x01')}));
  connection.client_identity = connection.server_identity = 1;
  most.views.assign(ConnectionView::kMaxPerConnection, {connection.client, connection.server, 1});
  connection.view_count = ConnectionView::kMaxPerConnection;
  most.connections.assign(3000, connection);
  ConnectionQuery query;
  query.limit = most.connections.size();
  const std::string text = ConnectionsJson(most, query, "node7");
  EXPECT_LT(text.size(), query.limit * AnswerBounds::kConnectionBytes);
  const absl::StatusOr<Snapshot> read = Read(text, query.limit);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->identities.size(), 2u);
}

}  // namespace
}  // namespace tcpgauge
