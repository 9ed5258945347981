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

// No answer lists more connections.
constexpr size_t kMaxConnectionsListed = 10000;

// The query that the parameters sort, limit and filter ask for; sort=-NAME reverses. Others are ignored.
// Errors: InvalidArgument, one line that names the parameter, what is wrong with it and what would be right.
absl::StatusOr<ConnectionQuery> ParseConnectionQuery(const HttpRequest& request);

// What /api/v1/connections says, as docs/openapi.json describes it. REQUIRES: query.filter is a Filter.
//
// Written by hand, for the top view and pages ask for thousands of connections every second.
std::string ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query, const std::string& agent);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_CONNECTIONS_JSON_H_
