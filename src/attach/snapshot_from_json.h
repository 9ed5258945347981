// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "src/attach/answer_body.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The bounds of an answer of /api/v1/connections. They are far above what an agent sends: a connection takes about 900
// bytes, and five levels are used.
struct AnswerBounds {
  static constexpr size_t kBytes = 4 << 20;         // without the connections
  static constexpr size_t kConnectionBytes = 2048;  // for each connection that was asked for
  static constexpr size_t kTokenBytes = 1 << 20;    // a text, which may belong to an unknown member
  static constexpr size_t kDepth = 64;              // levels, which may belong to an unknown member
  static constexpr size_t kInterfaces = 4096;
  static constexpr size_t kNameBytes = 256;  // the rest of a name of an agent or interface is cut off
};

// Returns the snapshot that `body`, an answer of /api/v1/connections with this limit, describes. Reads the body while
// it arrives. Snapshot::connections_not_listed counts all connections that the answer does not list.
// not_listed_client_sent and not_listed_server_sent are the sums of the payload and the rates of the unlisted
// connections that match the answer's query.
//
// The answer is not trusted: whatever it contains, the result is a snapshot or an error. An agent of another version
// may leave members out or send more. Missing members count as 0 or unknown, and so do values of another type or out of
// range. Unknown members are skipped. Of members that stand twice, the last one counts. A connection without a known
// state counts as established. Times are from 1970 to 2116, durations at most 146 years, and rates at most 10^18 bytes
// a second. Names may hold any characters: make them printable before you show them.
//
// Bounds: AnswerBounds. The time is proportional to the length of the answer. Besides the snapshot, takes at most 64
// MiB and the piece of the body at hand. Errors: those of `body`. kResourceExhausted when the answer exceeds
// AnswerBounds, or lists more than `limit` connections. kInvalidArgument when it is not an answer of
// /api/v1/connections, or when the id, client or server of a connection cannot be read. The messages contain no part of
// the answer.
absl::StatusOr<Snapshot> SnapshotFromJson(AnswerBody* body, size_t limit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
