// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_EDGES_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_EDGES_FROM_JSON_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"
#include "src/snapshot/interface_view.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The edges and interfaces of an agent elsewhere.
struct EdgesAnswer {
  EdgesView edges;
  EdgeChanges changes;                    // `interfaces` is in the order of the next member
  std::vector<InterfaceView> interfaces;  // names, accounts and gauges
  bool has_interfaces = false;            // false: an older agent
};

// The bounds of an answer of /api/v1/edges. An edge takes some 2,500 bytes, or 8,000 with the longest names and the
// most buckets of histograms. The other bounds are those of AnswerBounds.
struct EdgesAnswerBounds {
  static constexpr size_t kBytes = 1 << 20;              // of the whole answer, with kEdgeBytes
  static constexpr size_t kEdgeBytes = 10240;            // added to kBytes for each edge that was asked for
  static constexpr uint64_t kCount = uint64_t{1} << 53;  // a greater count becomes kCount; up to here a double is exact
};

// Returns the edges that `body` describes. `body` is the answer of /api/v1/edges to a request with the parameter
// `limit`, and is read while it arrives. EdgesView::other and EdgeChanges::other get the agent's totals less all listed
// edges, so that the listed edges and `other` add up to the totals. Members that the answer does not have are empty.
// Distributions are skipped, so they are empty too.
//
// The answer is not trusted: see SnapshotFromJson(). An edge whose client or server cannot be read is an error.
//
// Bounds: EdgesAnswerBounds, AnswerBounds::kIdentitiesBytes of identities, where each end of each edge counts, and
// AnswerBounds::kInterfaces.
// Errors: those of SnapshotFromJson().
absl::StatusOr<EdgesAnswer> EdgesFromJson(AnswerBody* body, size_t limit);

// Puts the edges into `*snapshot`, and the accounts into its interfaces of the same names. An interface that it does
// not have yet is added.
void AddEdges(EdgesAnswer answer, Snapshot* snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_EDGES_FROM_JSON_H_
