// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_HISTORY_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_HISTORY_FROM_JSON_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"
#include "src/naming/identity_pool.h"
#include "src/snapshot/history.h"

namespace tcpgauge {

// What an agent elsewhere remembers. Times are in nanoseconds since the Unix epoch, by the agent's wall clock.
struct HistoryAnswer {
  int64_t begin_time_ns = 0;  // when the first second begins
  // Successive seconds. Each has the edges that were recorded in it, and what they counted. HistorySample::totals and
  // the response times are empty.
  std::vector<HistorySample> seconds;
};

// The bounds of an answer of /api/v1/history. An agent sends 1 MB at most. The other bounds are those of AnswerBounds.
struct HistoryAnswerBounds {
  static constexpr size_t kBytes = 4 << 20;
  static constexpr size_t kSeconds = 100;                // more must not be asked for
  static constexpr uint64_t kCount = uint64_t{1} << 53;  // a greater count becomes this one, so that sums stay exact
};

// Returns the history that `body` describes, the answer of /api/v1/history to a request with the parameters `limit` and
// `since`. It is read while it arrives. `*pool` numbers the names of the ends, in EdgeKey too.
//
// The answer is not trusted: see SnapshotFromJson(). It is an error if times do not rise, if the client or server of an
// edge cannot be read, or if an edge has more or fewer seconds than there are. Two edges may be equal.
//
// Bounds: HistoryAnswerBounds, which bound the names too. For 100 edges, the result takes 4 MB at most without names,
// and 3 MB more while it is made.
// Errors: as SnapshotFromJson().
absl::StatusOr<HistoryAnswer> HistoryFromJson(AnswerBody* body, size_t limit, IdentityPool* pool);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_HISTORY_FROM_JSON_H_
