// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"
#include "src/snapshot/connection_query.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The highest limit that ParseConnectionQuery() accepts.
constexpr size_t kMaxConnectionsListed = 10000;

// Reads the query from the parameters sort, limit and filter of `request`; sort=-NAME reverses the order. A
// missing or empty parameter leaves the default of ConnectionQuery. Other parameters are ignored. Errors:
// InvalidArgument, one line that names the parameter, its wrong value and the right values.
absl::StatusOr<ConnectionQuery> ParseConnectionQuery(const HttpRequest& request);

// The answer of /api/v1/connections, as docs/openapi.json describes it. `agent` is the name of the agent. REQUIRES:
// Filter::Parse() accepts query.filter.
//
// Design. The top view and web pages ask for thousands of connections every second, so the text is written directly,
// without an object for each value.
std::string ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query, const std::string& agent);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_
