// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The snapshot that an answer of /api/v1/connections tells of. What the answer does not list is in
// Snapshot::connections_not_listed and Snapshot::not_listed_client_sent / not_listed_server_sent.
//
// The answer may come from anywhere: whatever it holds, the result is a snapshot or an error. Members that are missing
// count as 0 or unknown, for agents of other versions. Errors: InvalidArgument when it is no such answer at all.
absl::StatusOr<Snapshot> SnapshotFromJson(const std::string& text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_SNAPSHOT_FROM_JSON_H_
