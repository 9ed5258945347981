// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns the snapshot that `text`, an answer of /api/v1/connections, describes. Snapshot::connections_not_listed
// counts all connections that the answer does not list. not_listed_client_sent and not_listed_server_sent are the sums
// of the payload and the rates of the unlisted connections that match the answer's query.
//
// The answer is not trusted: whatever it contains, the result is a snapshot or an error. Members may be missing,
// because the agent may have another version. Missing members count as 0 or unknown. A connection without a known state
// counts as established.
//
// Errors: kInvalidArgument when `text` is not an answer of /api/v1/connections, or when the id, client or server of a
// connection cannot be read.
absl::StatusOr<Snapshot> SnapshotFromJson(const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
