// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The bounds of an answer of /api/v1/connections. They are above what an agent sends: a connection takes about 900
// bytes, or 10,000 with the most and longest views and the longest names. An agent's answers nest seven levels deep.
struct AnswerBounds {
  static constexpr size_t kBytes = 4 << 20;          // of the whole answer, with kConnectionBytes
  static constexpr size_t kConnectionBytes = 10240;  // added to kBytes for each connection that was asked for
  static constexpr size_t kTokenBytes = 1 << 20;     // of a number or text, even of an unknown member
  static constexpr size_t kDepth = 64;               // of nested objects and arrays, even of an unknown member
  static constexpr size_t kInterfaces = 4096;
  static constexpr size_t kNameBytes = 256;  // of the name of the agent or of an interface; the rest is cut off
  // Of all identities of the ends of connections together. Each different identity counts once, with the bytes of its
  // names and 64 more. After the identity that exceeds this bound, ends have no names.
  static constexpr size_t kIdentitiesBytes = 8 << 20;
};

// Returns the snapshot that `body` describes. `body` is the answer of /api/v1/connections to a request with the
// parameter `limit`, and is read while it arrives. Snapshot::connections_not_listed counts all connections that the
// answer does not list. not_listed_client_sent and not_listed_server_sent have the payload and the rates, added up, of
// those unlisted connections that match the answer's query. The answer tells no edges: Snapshot::has_edges is false.
//
// The answer is not trusted: whatever it contains, the result is a snapshot or an error. An agent of another version
// may leave members out or send more. Missing members count as 0 or unknown, and so do values of another type or out of
// range. Unknown members are skipped. If a member occurs twice, the last one counts. A connection without a known state
// counts as established. Without a service, the service is the server. Of a connection's views, only the first
// ConnectionView::kMaxPerConnection are read, and a view whose client or server cannot be read is left out. If the name
// of an end does not follow IsName(), it counts as unknown, unless it is the name of a process. Times are from 1970 to
// 2116, durations at most 146 years, and rates at most 10^18 bytes a second. The names of agents, interfaces and
// processes may hold any characters: make them printable before you show them.
//
// Bounds: AnswerBounds. The time is proportional to the length of the answer. Besides the snapshot, takes at most 64
// MiB and the piece of the body at hand.
//
// Errors: those of `body`. kResourceExhausted when the answer exceeds AnswerBounds, or lists more than `limit`
// connections. kInvalidArgument when the body is not an answer of /api/v1/connections, or when the id, client or server
// of a connection cannot be read. The messages contain no part of the answer.
absl::StatusOr<Snapshot> SnapshotFromJson(AnswerBody* body, size_t limit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
