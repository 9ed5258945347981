// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_

#include <cstddef>

#include "exporter/metrics/exposition.h"
#include "exporter/metrics/metric_visitor.h"

namespace tcpgauge {

// Hands all that `exposition` says to `visitor`.
void VisitMetrics(const Exposition& exposition, MetricVisitor* visitor);

// How many samples that is, in the count of the text formats: a histogram has one for each bucket, its sum and its
// count.
size_t CountSamples(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_VISIT_METRICS_H_
