// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_

#include <cstddef>

#include "exporter/metrics/exposition.h"
#include "exporter/metrics/metric_visitor.h"

namespace tcpgauge {

// Hands all samples of `exposition` to `visitor`, family by family, in the order of the catalog. REQUIRES:
// MakeExposition() made `exposition`.
void VisitMetrics(const Exposition& exposition, MetricVisitor* visitor);

// Returns the number of samples of `exposition`, which is the same for every format. A histogram has one for each
// bucket (the infinite one included), one for its sum and one for its count. A summary has two: its sum and its count.
// A native histogram is one sample, and counts in the formats that lack it too.
size_t CountSamples(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
