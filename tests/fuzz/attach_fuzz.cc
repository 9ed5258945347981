// SPDX-License-Identifier: Apache-2.0
// Fuzz target of an attached view. An input is what a hostile agent answers, after three bytes: the size of the pieces
// in which the answer arrives, the number of connections that were asked for, and keys to press.
//
// The result must be the same in pieces and as a whole. A snapshot must keep the bounds of SnapshotFromJson(), and a
// history those of HistoryFromJson(). The top view must show it without a control character, and no wider than the
// screen.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "src/attach/attached_history.h"
#include "src/attach/history_from_json.h"
#include "src/attach/snapshot_from_json.h"
#include "src/base/check.h"
#include "src/base/utf8.h"
#include "src/flow/connection_view.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_pool.h"
#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/snapshot_hub.h"
#include "tests/json/text_body.h"
#include "tests/tui/known_names.h"
#include "tests/tui/text_screen.h"
#include "tui/text.h"
#include "tui/top_app.h"

namespace tcpgauge {
namespace {

constexpr size_t kHeadBytes = 3;
constexpr int kRows = 24, kColumns = 130;

absl::StatusOr<Snapshot> Read(const std::string& text, size_t piece_bytes, size_t limit) {
  TextBody body(text, piece_bytes);
  return SnapshotFromJson(&body, limit);
}

bool AreSame(const DirectionSummary& a, const DirectionSummary& b) {
  return a.packets == b.packets && a.payload_bytes == b.payload_bytes && a.ip_bytes == b.ip_bytes &&
         a.retransmitted_segments == b.retransmitted_segments && a.out_of_order_segments == b.out_of_order_segments &&
         a.zero_windows == b.zero_windows && a.payload_bytes_per_second == b.payload_bytes_per_second;
}

bool AreSame(const ConnectionSummary& a, const ConnectionSummary& b) {
  return a.id == b.id && a.client == b.client && a.server == b.server && a.service == b.service &&
         a.first_view == b.first_view && a.view_count == b.view_count && a.encapsulation == b.encapsulation &&
         a.interface == b.interface && a.client_identity == b.client_identity &&
         a.server_identity == b.server_identity && a.state == b.state && a.role == b.role &&
         AreSame(a.client_sent, b.client_sent) && AreSame(a.server_sent, b.server_sent) &&
         a.start_time_ns == b.start_time_ns && a.last_packet_time_ns == b.last_packet_time_ns &&
         a.handshake_rtt_ns == b.handshake_rtt_ns && a.rtt_ns == b.rtt_ns &&
         a.server_min_rtt_ns == b.server_min_rtt_ns && a.client_min_rtt_ns == b.client_min_rtt_ns &&
         a.window_payload_bytes == b.window_payload_bytes;
}

bool AreSame(const IdentityRef& a, const IdentityRef& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->number == b->number && a->workload_number == b->workload_number && a->identity == b->identity &&
         a->identity.comm == b->identity.comm;
}

bool AreSame(const ConnectionView& a, const ConnectionView& b) {
  return a.client == b.client && a.server == b.server && a.encapsulation == b.encapsulation;
}

void CheckSame(const Snapshot& a, const Snapshot& b) {
  TCPGAUGE_CHECK(a.agent == b.agent && a.sequence == b.sequence && a.time_ns == b.time_ns);
  TCPGAUGE_CHECK(a.connections_not_listed == b.connections_not_listed);
  TCPGAUGE_CHECK(AreSame(a.not_listed_client_sent, b.not_listed_client_sent));
  TCPGAUGE_CHECK(a.connections.size() == b.connections.size() && a.interfaces.size() == b.interfaces.size());
  TCPGAUGE_CHECK(a.encapsulations == b.encapsulations);
  for (size_t i = 0; i < a.connections.size(); ++i) TCPGAUGE_CHECK(AreSame(a.connections[i], b.connections[i]));
  TCPGAUGE_CHECK(a.identities.size() == b.identities.size());
  for (size_t i = 0; i < a.identities.size(); ++i) TCPGAUGE_CHECK(AreSame(a.identities[i], b.identities[i]));
  TCPGAUGE_CHECK(a.views.size() == b.views.size());
  for (size_t i = 0; i < a.views.size(); ++i) TCPGAUGE_CHECK(AreSame(a.views[i], b.views[i]));
}

void CheckRate(double rate) { TCPGAUGE_CHECK(rate >= 0 && rate <= 1e18); }

void CheckTime(int64_t time_ns) { TCPGAUGE_CHECK(time_ns >= 0 && time_ns <= INT64_MAX / 2); }

void CheckDuration(int64_t duration_ns) {
  if (duration_ns != ConnectionSummary::kUnknown) CheckTime(duration_ns);
}

void CheckIdentity(const EndIdentity& identity) {
  for (const auto* name : {&identity.namespace_name, &identity.workload, &identity.workload_kind, &identity.pod,
                           &identity.container, &identity.service, &identity.node, &identity.zone}) {
    TCPGAUGE_CHECK(name->empty() || IsName(*name));
  }
  TCPGAUGE_CHECK(identity.comm.size() <= kMaxCommBytes);
}

void CheckIdentities(const Snapshot& snapshot) {
  TCPGAUGE_CHECK(snapshot.identities[0] == nullptr);
  TCPGAUGE_CHECK(snapshot.identities.size() <= 2 * snapshot.connections.size() + 1);
  for (size_t i = 1; i < snapshot.identities.size(); ++i) CheckIdentity(snapshot.identities[i]->identity);
}

void CheckBounds(const Snapshot& snapshot, size_t limit) {
  TCPGAUGE_CHECK(snapshot.connections.size() <= limit);
  TCPGAUGE_CHECK(!snapshot.interfaces.empty() && snapshot.interfaces.size() <= AnswerBounds::kInterfaces);
  TCPGAUGE_CHECK(snapshot.views.size() <= limit * ConnectionView::kMaxPerConnection);
  TCPGAUGE_CHECK(snapshot.encapsulations.size() <= limit + snapshot.views.size() + 1 &&
                 snapshot.encapsulations[0].empty());
  TCPGAUGE_CHECK(snapshot.agent.size() <= AnswerBounds::kNameBytes);
  CheckTime(snapshot.time_ns);
  CheckTime(snapshot.capture_start_time_ns);
  CheckRate(snapshot.rate_window_seconds);
  CheckRate(snapshot.not_listed_client_sent.payload_bytes_per_second);
  CheckRate(snapshot.not_listed_server_sent.payload_bytes_per_second);
  for (const InterfaceView& interface : snapshot.interfaces) {
    TCPGAUGE_CHECK(interface.name.size() <= AnswerBounds::kNameBytes);
  }
  CheckIdentities(snapshot);
  for (const ConnectionSummary& connection : snapshot.connections) {
    TCPGAUGE_CHECK(connection.client_identity < snapshot.identities.size());
    TCPGAUGE_CHECK(connection.server_identity < snapshot.identities.size());
    TCPGAUGE_CHECK(connection.interface < snapshot.interfaces.size());
    TCPGAUGE_CHECK(connection.encapsulation < snapshot.encapsulations.size());
    TCPGAUGE_CHECK(connection.view_count <= ConnectionView::kMaxPerConnection);
    TCPGAUGE_CHECK(connection.first_view + connection.view_count <= snapshot.views.size());
    for (const ConnectionView& view : snapshot.views_of(connection)) {
      TCPGAUGE_CHECK(view.encapsulation < snapshot.encapsulations.size());
    }
    CheckTime(connection.start_time_ns);
    CheckTime(connection.last_packet_time_ns);
    CheckDuration(connection.handshake_rtt_ns);
    CheckDuration(connection.rtt_ns);
    CheckDuration(connection.server_min_rtt_ns);
    CheckDuration(connection.client_min_rtt_ns);
    CheckRate(connection.client_sent.payload_bytes_per_second);
    CheckRate(connection.server_sent.payload_bytes_per_second);
  }
}

// C0, DEL and C1.
bool IsControl(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
}

void CheckScreen(const Frame& frame) {
  TCPGAUGE_CHECK(frame.size() == static_cast<size_t>(kRows));
  for (const Line& line : frame) {
    int columns = 0;
    for (const Span& span : line.spans()) {
      columns += ColumnsOf(span.text);
      for (std::string_view rest = span.text; !rest.empty();) {
        const size_t length = Utf8SequenceLength(rest);
        TCPGAUGE_CHECK(length > 0 && !IsControl(rest));
        rest.remove_prefix(length);
      }
    }
    TCPGAUGE_CHECK(columns == kColumns);
  }
}

void Show(Snapshot snapshot, uint8_t keys) {
  constexpr const char* kKeys[] = {"s", "S", "b", "p", "z", "a", "o", "ssss"};
  SnapshotHub hub;
  TextScreen screen(kRows, kColumns);
  KnownNames names;
  snapshot.sequence = 1;
  hub.Publish(std::make_shared<const Snapshot>(snapshot));
  TopApp app(&hub, &screen, &names);
  TCPGAUGE_CHECK(app.Step());
  CheckScreen(screen.frame());
  for (size_t i = 0; i < 8; ++i) {
    if ((keys >> i & 1) != 0) screen.Type(kKeys[i]);
  }
  TCPGAUGE_CHECK(app.Step());
  CheckScreen(screen.frame());
  snapshot.sequence = 2;
  std::reverse(snapshot.connections.begin(), snapshot.connections.end());
  hub.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
  screen.Press(Key::kDown);
  screen.Press(Key::kEnter);
  TCPGAUGE_CHECK(app.Step());
  CheckScreen(screen.frame());
}

void RunSnapshot(const std::string& text, size_t piece_bytes, size_t limit, uint8_t keys) {
  absl::StatusOr<Snapshot> whole = Read(text, SIZE_MAX, limit);
  const absl::StatusOr<Snapshot> pieces = Read(text, piece_bytes, limit);
  TCPGAUGE_CHECK(whole.status() == pieces.status());
  if (!whole.ok()) return;
  CheckSame(*whole, *pieces);
  CheckBounds(*whole, limit);
  Show(*std::move(whole), keys);
}

absl::StatusOr<HistoryAnswer> ReadPast(const std::string& text, size_t piece_bytes, size_t limit, IdentityPool* pool) {
  TextBody body(text, piece_bytes);
  return HistoryFromJson(&body, limit, pool);
}

bool AreSame(const HistoryEdgeCounts& a, const HistoryEdgeCounts& b) {
  return a.edge.key == b.edge.key && AreSame(a.edge.client, b.edge.client) && AreSame(a.edge.server, b.edge.server) &&
         a.counts.connections == b.counts.connections &&
         std::all_of(std::begin(kHistoryCounters), std::end(kHistoryCounters), [&](const HistoryCounter& counter) {
           return a.counts.*counter.member == b.counts.*counter.member;
         });
}

void CheckSame(const HistoryAnswer& a, const HistoryAnswer& b) {
  TCPGAUGE_CHECK(a.begin_time_ns == b.begin_time_ns && a.seconds.size() == b.seconds.size());
  for (size_t i = 0; i < a.seconds.size(); ++i) {
    TCPGAUGE_CHECK(a.seconds[i].time_ns == b.seconds[i].time_ns);
    TCPGAUGE_CHECK(std::equal(a.seconds[i].edges.begin(), a.seconds[i].edges.end(), b.seconds[i].edges.begin(),
                              b.seconds[i].edges.end(),
                              [](const HistoryEdgeCounts& c, const HistoryEdgeCounts& d) { return AreSame(c, d); }));
  }
}

void CheckBounds(const HistoryAnswer& past, size_t limit) {
  TCPGAUGE_CHECK(past.seconds.size() <= HistoryAnswerBounds::kSeconds);
  CheckTime(past.begin_time_ns);
  int64_t time_ns = past.begin_time_ns;
  for (const HistorySample& second : past.seconds) {
    CheckTime(second.time_ns);
    TCPGAUGE_CHECK(second.time_ns > time_ns && second.edges.size() <= limit);
    time_ns = second.time_ns;
    for (const HistoryEdgeCounts& edge : second.edges) {
      for (const HistoryCounter& counter : kHistoryCounters) {
        TCPGAUGE_CHECK(edge.counts.*counter.member <= HistoryAnswerBounds::kCount);
      }
      for (const IdentityRef& end : {edge.edge.client, edge.edge.server}) {
        if (end != nullptr) CheckIdentity(end->identity);
      }
    }
  }
}

// Shows groups of the edges of the last second, whose history begins with `past`.
void ShowPast(const HistoryAnswer& past, uint8_t keys, AttachedHistory* history) {
  Snapshot snapshot;
  snapshot.sequence = 1;
  snapshot.time_ns = past.begin_time_ns;
  snapshot.edge_changes.seconds = 1;
  if (!past.seconds.empty()) {
    snapshot.time_ns = past.seconds.back().time_ns;
    for (const HistoryEdgeCounts& edge : past.seconds.back().edges) {
      EdgeView& view = snapshot.edges.exported.emplace_back();
      view.key = edge.edge.key;
      view.client = edge.edge.client;
      view.server = edge.edge.server;
    }
    snapshot.edge_changes.exported.resize(snapshot.edges.exported.size());
  }
  history->Begin(past, snapshot);
  snapshot.time_ns += keys * (int64_t{1} << 24);
  history->Record(snapshot);
  SnapshotHub hub;
  TextScreen screen(kRows, kColumns);
  KnownNames names;
  hub.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
  TopApp app(&hub, &screen, &names, {}, nullptr, "", &history->history());
  for (const char* const key : {"g", "ss", "aaa", "g", "g", "g"}) {
    screen.Type(key);
    TCPGAUGE_CHECK(app.Step());
    CheckScreen(screen.frame());
  }
}

void RunPast(const std::string& text, size_t piece_bytes, size_t limit, uint8_t keys) {
  IdentityPool pool;
  const absl::StatusOr<HistoryAnswer> pieces = ReadPast(text, piece_bytes, limit, &pool);
  AttachedHistory history(limit);
  const absl::StatusOr<HistoryAnswer> whole = ReadPast(text, SIZE_MAX, limit, history.identities());
  TCPGAUGE_CHECK(whole.status() == pieces.status());
  if (!whole.ok()) return;
  CheckSame(*whole, *pieces);
  CheckBounds(*whole, limit);
  ShowPast(*whole, keys, &history);
}

void Run(const uint8_t* data, size_t size) {
  if (size < kHeadBytes) return;
  const size_t piece_bytes = 1 + data[0], limit = data[1];
  const std::string text(reinterpret_cast<const char*>(data) + kHeadBytes, size - kHeadBytes);
  RunSnapshot(text, piece_bytes, limit, data[2]);
  RunPast(text, piece_bytes, limit, data[2]);
}

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Run(data, size);
  return 0;
}
