// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"
#include "src/snapshot/connection_query.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The highest limit that ParseConnectionQuery() accepts. ConnectionsJson() takes any limit.
constexpr size_t kMaxConnectionsListed = 10000;

// Returns the query that these parameters of `request` describe:
// - sort: a name of ConnectionSortNames(). A "-" before the name reverses the order.
// - limit: a number from 0 to kMaxConnectionsListed.
// - filter: a text for Filter::Parse().
//
// A parameter that is missing or empty leaves the default of ConnectionQuery. Other parameters are ignored.
//
// Errors: InvalidArgument if a value is wrong or one of these parameters is repeated. The message is one line that
// names the parameter and the first 100 bytes of the wrong value, or the wrong term, and says what would be right.
absl::StatusOr<ConnectionQuery> ParseConnectionQuery(const HttpRequest& request);

// Returns the answer of /api/v1/connections, as docs/openapi.json describes it: the connections of `snapshot` that
// `query` selects, and sums over all connections that pass query.filter, even those beyond query.limit. `agent` is the
// name of this agent, and may be empty. REQUIRES: Filter::Parse() accepts query.filter.
//
// Design. Attached top views and web pages ask for thousands of connections every second. So the text is written
// directly, without an object for each value.
//
// Bounds: takes the memory of the text, which is allocated once, and that of ChooseConnections(). A connection takes
// some 800 bytes of text, and at most 1,504 bytes plus the name of its interface. The names of the ends, views and a
// service come on top: see IdentityJsonBytes(), kViewJsonBytes and kServiceJsonBytes.
std::string ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query, const std::string& agent);

// As above, but returns nullopt soon after `must_stop` has returned true. Calls `must_stop` as ChooseConnections()
// does, and once for every kRowsBetweenStops connections that are written.
std::optional<std::string> ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query,
                                           const std::string& agent, absl::FunctionRef<bool()> must_stop);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_
