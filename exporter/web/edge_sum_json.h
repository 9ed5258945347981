// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_EDGE_SUM_JSON_H_
#define TCPGAUGE_EXPORTER_WEB_EDGE_SUM_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "src/base/json_writer.h"
#include "src/flow/edge.h"
#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// Functions that write what was counted for an edge or a group of edges, as docs/openapi.json describes it.
// WriteEdgeClient() and WriteEdgeServer() write a whole object. The other Write functions append members to an object
// that the caller has begun.
//
// Thread: any thread may call these functions.

// The account of an edge, or the sum of several, and what was counted there lately. The objects must outlive the view.
struct EdgeSumView {
  const EdgeCounters& counters;
  const EdgeDistributions& distributions;
  const EdgeCounters& change;
  double change_seconds;  // the period of `change`; 0 = not known
};

// Writes the members of the schema Sum, or of EdgeSum if `has_buckets`. No comma stands in front of the first member.
void WriteEdgeSum(const EdgeSumView& sum, bool has_buckets, JsonWriter* writer);

// The most bytes that WriteEdgeSum() writes.
size_t EdgeSumJsonBytes(const EdgeSumView& sum, bool has_buckets);

// Writes an object of the schema EdgeClient. `prefix_bits` is the length of the prefix that begins with `address`, or
// nullopt if `address` stands for itself alone.
void WriteEdgeClient(const IpAddress& address, std::optional<int> prefix_bits, const IdentityRef& identity,
                     JsonWriter* writer);
// Writes an object of the schema EdgeServer. For `prefix_bits`, see WriteEdgeClient().
void WriteEdgeServer(const Endpoint& server, std::optional<int> prefix_bits, const IdentityRef& identity,
                     JsonWriter* writer);

// The most bytes that WriteEdgeClient() or WriteEdgeServer() writes, without the names of the end (see
// IdentityJsonBytes()).
constexpr size_t kEdgeEndJsonBytes = 128;

// Writes "addressed_as", with a comma in front. Writes nothing if `services` is empty.
void WriteAddressedAs(absl::Span<const Endpoint> services, JsonWriter* writer);

constexpr size_t kAddressedAsJsonBytes = 192;  // the most that WriteAddressedAs() writes

// Writes "recent_seconds", with a comma in front; null if `change_seconds` is 0.
void WriteRecentSeconds(double change_seconds, JsonWriter* writer);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_EDGE_SUM_JSON_H_
