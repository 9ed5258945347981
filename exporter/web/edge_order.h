// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_EDGE_ORDER_H_
#define TCPGAUGE_EXPORTER_WEB_EDGE_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "exporter/http/http_message.h"
#include "src/flow/edge.h"
#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The orders in which the JSON API lists edges and services. The names of the API are those of the constants, in lower
// case with underscores, for example "client_name". Rows that are equal in an order are sorted by payload, then by
// server and client.
enum class EdgeSort : uint8_t {
  kRate,             // highest payload rate of both ends together first
  kBytes,            // most payload of both ends together first
  kUp,               // highest payload rate of the clients first
  kDown,             // highest payload rate of the servers first
  kConnections,      // most open connections first
  kFailures,         // most connections that failed lately first; of equal ones, most that failed ever
  kLoss,             // highest share of retransmitted segments first; rows without segments come last
  kRetransmissions,  // most retransmitted segments first
  kResponse,         // longest mean response time first; rows without an exchange come last
  kRtt,              // longest mean round-trip time of handshakes first; rows without handshakes come last
  kClients,          // of services: most clients first
  kClient,           // of edges: ascending by the 16 bytes of the client's address (see IpAddress)
  kClientName,       // of edges: ascending by ShownName() in lower case; unknown names come last
  kServer,           // ascending by the 16 bytes of the server's address, then by its port
  kServerName,       // like kClientName, for the server
  kCount             // the number of orders, not an order itself
};

// What a list consists of.
enum class EdgeListKind : uint8_t { kEdges, kServices };

// Says which rows a reader wants, and in which order.
struct EdgeQuery {
  EdgeSort sort = EdgeSort::kRate;
  bool reverse = false;  // the opposite of the order of `sort`
  size_t limit = 100;    // how many rows to list at most
};

// The highest limit that ParseEdgeQuery() accepts.
constexpr size_t kMaxEdgesListed = 10000;

// Returns the query that these parameters of `request` describe:
// - sort: a name of an EdgeSort of this kind of list. A "-" before the name reverses the order.
// - limit: a number from 0 to kMaxEdgesListed.
//
// A parameter that is missing or empty leaves the default of EdgeQuery. Other parameters are ignored.
//
// Errors: InvalidArgument if a value is wrong or one of these parameters is repeated. The message is one line.
absl::StatusOr<EdgeQuery> ParseEdgeQuery(const HttpRequest& request, EdgeListKind kind);

// What a row is sorted by. No pointer is null, but `*client_identity` and `*server_identity`, which are pointers too,
// may be null. The objects to which the pointers point must outlive the row.
struct EdgeRow {
  const EdgeCounters* counters = nullptr;
  const EdgeCounters* change = nullptr;  // what was counted lately; all rows of a list have the same period
  IpAddress client;
  Endpoint server;
  const IdentityRef* client_identity = nullptr;
  const IdentityRef* server_identity = nullptr;
  size_t clients = 0;  // of a service; 0 for an edge
};

// Returns the indexes of the first query.limit rows in the order of the query. Returns nullopt soon after `must_stop`
// has returned true. Calls `must_stop` at least once a millisecond, except while it sorts the rows. To sort 15,000 rows
// takes some milliseconds, or some 20 ms if the order is one of names.
//
// Thread: any.
// Bounds: 48 bytes for each row, plus its name if the order is one of names.
std::optional<std::vector<uint32_t>> OrderEdges(absl::Span<const EdgeRow> rows, const EdgeQuery& query,
                                                absl::FunctionRef<bool()> must_stop);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_EDGE_ORDER_H_
