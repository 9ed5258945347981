// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_VISIT_FAMILIES_H_
#define TCPGAUGE_EXPORTER_METRICS_VISIT_FAMILIES_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "absl/types/span.h"
#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/metric_visitor.h"

namespace tcpgauge {

// Returns the families of all `sources`, in the order of the catalog. Sorts the samples of each family by the values of
// their labels, because prometheus-cpp returns them in the order of a hash table. REQUIRES: each family is in the
// catalog, has the catalog's labels, and comes from one source only.
std::vector<prometheus::MetricFamily> CollectFamilies(absl::Span<const prometheus::Collectable* const> sources);

// Hands to `visitor` the families that come before `end` in the catalog. Returns the rest of `families`. With
// Metric::kCount as `end`, hands over all families. Skips families without samples. REQUIRES: `families` are the result
// of CollectFamilies(), or the rest that an earlier call returned; no histogram has labels; no family is a summary
// or a native histogram.
absl::Span<const prometheus::MetricFamily> VisitFamilies(absl::Span<const prometheus::MetricFamily> families,
                                                         Metric end, MetricVisitor* visitor);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_FAMILIES_H_
