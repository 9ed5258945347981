// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

enum class Values {
  kPlausible,  // what a link can produce
  kAny,        // any bits: numbers that are none, names of any bytes, connections whose labels are equal
};

// The same for the same arguments.
Snapshot RandomSnapshot(uint64_t seed, size_t connection_count, Values values);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_RANDOM_SNAPSHOT_H_
