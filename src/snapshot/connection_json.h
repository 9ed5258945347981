// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_CONNECTION_JSON_H_
#define TCPGAUGE_SRC_SNAPSHOT_CONNECTION_JSON_H_

#include <string_view>

#include "src/base/json_writer.h"
#include "src/flow/connection_summary.h"
#include "src/net/encapsulation.h"

namespace tcpgauge {

// A connection as JSON, for the API (docs/openapi.json) and for the connection log. Each function writes one group of
// members. API and log call them in their own orders, and add the members that only one of them has.
//
// WriteEnds() starts without a comma. The other functions that name their members start with one, so they must follow
// another member.

// "client" and "server" {address, port}, and "role".
void WriteEnds(const ConnectionSummary& connection, JsonWriter* writer);

// "interface" and its name. `quoted_name` is a JSON string.
void WriteInterface(std::string_view quoted_name, JsonWriter* writer);

// "vlans" and "tunnels", outermost first.
void WriteEncapsulation(const Encapsulation& encapsulation, JsonWriter* writer);

// "state".
void WriteState(ConnectionState state, JsonWriter* writer);

// `member` with its comma and colon, as in ",\"rtt_seconds\":", then the duration in seconds; null for
// ConnectionSummary::kUnknown.
void WriteDuration(std::string_view member, int64_t nanoseconds, JsonWriter* writer);

// The six counters of each end, as "client_..." and "server_...".
void WriteSent(const ConnectionSummary& connection, JsonWriter* writer);
// Each end's counters and then its "..._payload_bytes_per_second".
void WriteSentWithRates(const ConnectionSummary& connection, JsonWriter* writer);

// The number alone, rounded to a tenth of a byte: smaller digits are noise of the averages.
void WriteRate(double bytes_per_second, JsonWriter* writer);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_JSON_H_
