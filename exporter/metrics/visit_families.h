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

// The families of all `sources`, in the order of the catalog; the samples of each sorted by the values of their labels,
// because prometheus-cpp orders them by hash. REQUIRES: each family is in the catalog, and comes from one source alone.
std::vector<prometheus::MetricFamily> CollectFamilies(absl::Span<const prometheus::Collectable* const> sources);

// Hands the families that come before `end` in the catalog to `visitor`; returns the rest. Families without a sample
// are left out. REQUIRES: `families` are as CollectFamilies() returns them; a histogram has no labels; none
// is a summary.
absl::Span<const prometheus::MetricFamily> VisitFamilies(absl::Span<const prometheus::MetricFamily> families,
                                                         Metric end, MetricVisitor* visitor);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_FAMILIES_H_
