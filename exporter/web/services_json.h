// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_SERVICES_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_SERVICES_JSON_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "exporter/web/edge_order.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns the answer of /api/v1/services, as docs/openapi.json describes it. A service is a server endpoint (or a
// prefix and a port) with all its edges that have series. The answer has the services that `query` selects, the sum of
// what belongs to no edge with series, and the totals. `agent` is the name of this agent, and may be empty. Returns
// nullopt soon after `must_stop` has returned true.
//
// Thread: any.
// Bounds: EdgeGroupsBytes(), and the text, which is allocated once. A service takes some 1,100 bytes of the text, plus
// the names of the server.
std::optional<std::string> ServicesJson(const Snapshot& snapshot, const EdgeQuery& query, const std::string& agent,
                                        absl::FunctionRef<bool()> must_stop);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_SERVICES_JSON_H_
