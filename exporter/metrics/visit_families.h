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

// Collects the families of all `sources` in the order of the catalog. The samples of each family are sorted by the
// values of their labels, because prometheus-cpp orders them by hash. REQUIRES: each family is in the catalog and comes
// from one source only.
std::vector<prometheus::MetricFamily> CollectFamilies(absl::Span<const prometheus::Collectable* const> sources);

// Hands the families that come before `end` in the catalog to `visitor`, except families without samples. Returns the
// families that follow. REQUIRES: `families` come from CollectFamilies(); no histogram has labels; no family is a
// summary.
absl::Span<const prometheus::MetricFamily> VisitFamilies(absl::Span<const prometheus::MetricFamily> families,
                                                         Metric end, MetricVisitor* visitor);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_FAMILIES_H_
