// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The kind of values in a random snapshot.
enum class Values {
  kPlausible,  // values that a real link can produce
  kAny,  // also counters up to 2^64 - 1, doubles with any bit pattern (NaN too), interface names of any bytes, and
         // connections with equal labels
};

// Returns a snapshot with `connection_count` connections, one to four interfaces and no edges. The connections are in
// no particular order. Equal arguments give equal snapshots.
Snapshot RandomSnapshot(uint64_t seed, size_t connection_count, Values values);

// Gives some ends of the edges of `*snapshot` random names, and adds workload edges, zones, addresses with names, and
// listeners. With Values::kAny, the names are any bytes, and several edges have equal labels.
void AddRandomNames(uint64_t seed, Values values, Snapshot* snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_
