// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_

#include <prometheus/collectable.h>

#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "exporter/metrics/exposition.h"

namespace tcpgauge {

// How much an exposition may hold; the defaults are in Options.
struct ExpositionLimits {
  size_t series = 0;       // samples; at least kMinSeriesLimit
  size_t connections = 0;  // with series of their own, if the former allows
};

// Chooses the heaviest connections, those that ended within the ranking window included: as many as `limits` allow.
//
// The labels of a connection do not tell VLANs, tunnels and incarnations apart. Of those that share all labels one is
// exported, in the place of the heaviest of them: one that still lives before one that ended, then the one with more
// payload, then the newer. So its counters fall only when the one that it showed has ended.
//
// `sources` say what the agent counts of itself; see CollectFamilies() for what they must be.
Exposition MakeExposition(std::shared_ptr<const Snapshot> snapshot, const ExpositionLimits& limits,
                          absl::Span<const prometheus::Collectable* const> sources);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_
