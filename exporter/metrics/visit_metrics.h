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

// Returns the number of samples of `exposition`, as the text formats count them. A histogram has one for each bucket
// (the infinite one included), one for its sum and one for its count. A summary has two: its sum and its count. A
// native histogram is one sample, though the text formats lack it, so that an exposition has one number in every
// format.
size_t CountSamples(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
