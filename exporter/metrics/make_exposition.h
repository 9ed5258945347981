// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_

#include <prometheus/collectable.h>

#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "exporter/metrics/exposition.h"

namespace tcpgauge {

// Bounds of an exposition; the defaults are in Options.
struct ExpositionLimits {
  size_t series = 0;       // samples; at least kMinSeriesLimit
  size_t connections = 0;  // connections with series of their own, as far as `series` has room for them
};

// Makes the exposition of `snapshot`: the heaviest connections, as many as `limits` allow, with the totals, interfaces
// and edges. Connections that ended within the ranking window are candidates too.
//
// The labels of a connection do not tell VLANs, tunnels and incarnations apart. Of all connections with equal labels,
// one is exported, at the rank of the heaviest. A live connection is preferred to an ended one, then more payload to
// less, then the newer to the older. So the counters fall only when the connection that they showed has ended.
//
// `sources` collect the agent's metrics of itself. REQUIRES: as CollectFamilies() says.
Exposition MakeExposition(std::shared_ptr<const Snapshot> snapshot, const ExpositionLimits& limits,
                          absl::Span<const prometheus::Collectable* const> sources);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_
