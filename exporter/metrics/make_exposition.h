// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_
#define TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_

#include <prometheus/collectable.h>

#include <cstddef>
#include <memory>

#include "absl/types/span.h"
#include "exporter/metrics/exposition.h"
#include "exporter/metrics/series_plan.h"

namespace tcpgauge {

// Makes an exposition of `snapshot`, which must not be null. The exposition has all totals, edges and workload edges.
// It has as many interfaces, services, zones, listeners, addresses with names and connections as `limits` allow. The
// services are those of the edges with the most payload, and the connections are the first of
// Snapshot::connections_with_series.
//
// Edges with equal labels are added up. (The collector's edges have different labels already, so this matters only for
// other snapshots.) Workload edges with equal labels are added up too: a workload may have the name "external", which
// also stands for an unknown end.
//
// The labels of a connection are its two endpoints and its interface. So two connections with the same endpoints have
// equal labels in three cases: one followed the other, they differ only in VLANs or tunnels, or their interfaces are
// merged (Exposition::interfaces). Of connections with equal labels, only one is exported, at the highest rank that any
// of them has. The choice is made by these rules, in this order:
// 1. An open connection comes before an ended one.
// 2. Among ended connections, the one whose last packet is the latest comes first.
// 3. The one with the most payload comes first.
// 4. The one with the largest id comes first. This rule is arbitrary, but every exposition makes the same choice.
//
// So while the exported connection is open, only an open connection with at least as much payload can replace it under
// its labels. At such a replacement, the sum of the two payload counters does not fall. A single counter, for example
// that of retransmissions, may fall.
//
// `sources` give the agent's own metrics; they are used during the call only. REQUIRES: see CollectFamilies().
Exposition MakeExposition(std::shared_ptr<const Snapshot> snapshot, const ExpositionLimits& limits,
                          absl::Span<const prometheus::Collectable* const> sources);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_MAKE_EXPOSITION_H_
