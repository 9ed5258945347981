// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_CONNECTION_JSON_H_
#define TCPGAUGE_SRC_SNAPSHOT_CONNECTION_JSON_H_

#include <cstddef>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "src/base/json_writer.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/naming/end_identity.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// Functions that write a connection as JSON, for the API (docs/openapi.json) and for the connection log. Each function
// appends a group of members to the JSON object that the caller has begun in `writer`. API and log call the functions
// in different orders, and each of the two adds members of its own.
//
// WriteEnds() writes no comma in front of its first member. The other functions write a comma in front of each member,
// unless their comment says otherwise. WriteService() and WriteViews() write nothing for most connections, so that the
// text of these connections stays short.

// Writes "client" and "server" (objects with "address" and "port"), then "role". The object of an end also says who is
// there: "namespace", "workload", "workload_kind" (see WorkloadKindText()), "pod", "container", "service_name", "node",
// "zone" and "comm" (its first kMaxCommBytes). What is unknown is left out. `client` and `server` are the identities of
// the ends.
void WriteEnds(const ConnectionSummary& connection, const IdentityRef& client, const IdentityRef& server,
               JsonWriter* writer);

// Writes who is at an end, as WriteEnds() does, with a comma in front. Writes nothing if `ref` is null.
void WriteIdentity(const IdentityRef& ref, JsonWriter* writer);

// The most bytes that WriteIdentity() writes for `ref`. WriteEnds() writes no more for the same end.
size_t IdentityJsonBytes(const IdentityRef& ref);

// Writes an object with "address" and "port", without a comma and a name in front.
void WriteEndpoint(const Endpoint& endpoint, JsonWriter* writer);

// Writes "service", an object with "address" and "port". Writes nothing if the client addressed the server itself.
void WriteService(const ConnectionSummary& connection, JsonWriter* writer);

// Writes "views": an array of objects with "client", "server", "vlans" and "tunnels". Writes nothing if `views` is
// empty. `encapsulation_of` takes the index of a view in `views`, and returns the encapsulation of this view.
void WriteViews(absl::Span<const ConnectionView> views,
                absl::FunctionRef<const Encapsulation&(size_t)> encapsulation_of, JsonWriter* writer);

// The most bytes that WriteService() writes, and that WriteViews() writes besides the elements of its array.
constexpr size_t kServiceJsonBytes = 96;
// The most bytes that WriteViews() writes for each view.
constexpr size_t kViewJsonBytes = 384;

// Writes "interface". `quoted_name` is the interface's name as JsonString() returns it.
void WriteInterface(std::string_view quoted_name, JsonWriter* writer);

// Writes "vlans" and "tunnels", which are arrays with the outermost first. A tunnel is an object with "type" and "id".
// The "id" is null if the tunnel has none.
void WriteEncapsulation(const Encapsulation& encapsulation, JsonWriter* writer);

// Writes "state".
void WriteState(ConnectionState state, JsonWriter* writer);

// Writes `member`, then the duration in seconds. ConnectionSummary::kUnknown is written as null. `member` is a member's
// name with quotes, a comma in front and a colon behind, for example ",\"rtt_seconds\":".
void WriteDuration(std::string_view member, int64_t nanoseconds, JsonWriter* writer);

// Writes "server_min_rtt_seconds" and "client_min_rtt_seconds", the two halves of the least round-trip time.
void WriteMinRttHalves(const ConnectionSummary& connection, JsonWriter* writer);

// Writes "responses" and "response_seconds": how many exchanges the connection had, and their smoothed response time.
void WriteResponses(const ConnectionSummary& connection, JsonWriter* writer);

// Writes the six counters of each end as "client_..." and "server_...". DirectionSummary lists the counters.
void WriteSent(const ConnectionSummary& connection, JsonWriter* writer);
// Like WriteSent(), but also writes "..._payload_bytes_per_second" after the counters of each end.
void WriteSentWithRates(const ConnectionSummary& connection, JsonWriter* writer);

// Writes only the number, without comma and name. Rounds it to a tenth of a byte per second: more digits are noise.
void WriteRate(double bytes_per_second, JsonWriter* writer);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_CONNECTION_JSON_H_
