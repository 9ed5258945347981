// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_PROMETHEUS_CPP_TEXT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_PROMETHEUS_CPP_TEXT_H_

#include <string>

#include "exporter/metrics/exposition.h"

namespace tcpgauge {

// Returns `exposition` in Prometheus's text format, as the serializer of the library prometheus-cpp writes it. Tests
// compare WriteText() with this.
std::string PrometheusCppText(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_PROMETHEUS_CPP_TEXT_H_
