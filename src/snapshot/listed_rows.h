// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_LISTED_ROWS_H_
#define TCPGAUGE_SRC_SNAPSHOT_LISTED_ROWS_H_

#include <cstdint>

namespace tcpgauge {

// Which connections a snapshot lists, besides those that ended.
//
// Design. Metrics and pushes show some hundred connections. A snapshot that lists all connections copies and sorts
// them, and several copies of them are kept. With 100,000 connections, this took a third of the memory of an agent that
// only Prometheus reads. So a reader says what it needs. Connections that are not listed are only counted.
enum class ListedRows : uint8_t {
  // Enough for SeriesChoice: the connections that have series, the heaviest, and the heaviest of those that are open
  // and have lived for a ranking window.
  kFew,
  // All, up to `max_rows` of each worker (see WorkerPublisher).
  kAll,
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_LISTED_ROWS_H_
