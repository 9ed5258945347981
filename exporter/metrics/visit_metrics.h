// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_

#include <cstddef>

#include "exporter/metrics/exposition.h"
#include "exporter/metrics/metric_visitor.h"

namespace tcpgauge {

// Hands all families and samples of `exposition` to `visitor`.
void VisitMetrics(const Exposition& exposition, MetricVisitor* visitor);

// The number of samples of `exposition`, as the text formats count them: a histogram has one for each bucket, one for
// its sum and one for its count.
size_t CountSamples(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
