// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_HISTORY_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_HISTORY_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"
#include "src/snapshot/history_view.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The highest limit that ParseHistoryQuery() accepts.
constexpr size_t kMaxHistoryEdgesListed = 100;

// Once the text of HistoryJson() is longer than this, no further edge is listed. The last edge may take 180 kB more.
constexpr size_t kMostHistoryBytes = 800'000;

// What a request wants of the history.
struct HistoryQuery {
  std::optional<Endpoint> server;   // the server of the edges; nullopt: any
  std::optional<IpAddress> client;  // their client; nullopt: any
  size_t limit = 0;                 // how many edges to list at most
  // Only seconds that end more than a millisecond after this time are wanted. Wall time, Unix epoch.
  int64_t since_ns = 0;
};

// Returns the query that these parameters of `request` describe:
// - server: an address and a port, such as 192.0.2.1:443 or [2001:db8::1]:443.
// - client: an address.
// - limit: a number from 0 to kMaxHistoryEdgesListed. The default is kMaxHistoryEdgesListed if server or client is
//   given, and 0 otherwise.
// - since: a number of seconds since the Unix epoch, at most 9e9.
//
// A parameter that is missing or empty leaves the default. Other parameters are ignored.
//
// Errors: those of ParseConnectionQuery().
absl::StatusOr<HistoryQuery> ParseHistoryQuery(const HttpRequest& request);

// Returns the answer of /api/v1/history, as docs/openapi.json describes it. `snapshot` may be any snapshot of this
// agent. It tells how edges are grouped and when the capture started. `agent` is the name of this agent, and may be
// empty. Returns nullopt soon after `must_stop` has returned true.
//
// Thread: any.
// Bounds: a text of 1 MB at most (see kMostHistoryBytes). The totals take some 20 kB of the text, and a busy edge takes
// as much. Beside the text, takes 1.1 MB while edges are listed.
std::optional<std::string> HistoryJson(const HistoryView& history, const Snapshot& snapshot, const HistoryQuery& query,
                                       const std::string& agent, absl::FunctionRef<bool()> must_stop);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_HISTORY_JSON_H_
