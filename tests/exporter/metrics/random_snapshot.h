// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

enum class Values {
  kPlausible,  // values that a link can produce
  kAny,        // any bits: numbers that are NaN, names of any bytes, connections with equal labels
};

// The same arguments give the same snapshot.
Snapshot RandomSnapshot(uint64_t seed, size_t connection_count, Values values);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_
