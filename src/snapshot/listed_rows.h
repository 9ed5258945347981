// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_LISTED_ROWS_H_
#define TCPGAUGE_SRC_SNAPSHOT_LISTED_ROWS_H_

#include <cstdint>

namespace tcpgauge {

// Which connections a snapshot lists, beside those that ended.
//
// Design. Metrics and pushes show some hundred connections. A snapshot that lists 100,000 copies, sorts and keeps them
// three times over, which was a third of the memory of an agent that nobody looks at but Prometheus. So a reader says
// what it needs. What is not listed is only counted.
enum class ListedRows : uint8_t {
  // Enough for SeriesChoice: the connections that have series, the heaviest, and the heaviest of those that are open
  // and have lived for a ranking window.
  kFew,
  // All, up to the most rows of a worker.
  kAll,
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_LISTED_ROWS_H_
