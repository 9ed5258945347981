// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_METRICS_PROMETHEUS_CPP_TEXT_H_
#define TCPGAUGE_TESTS_EXPORTER_METRICS_PROMETHEUS_CPP_TEXT_H_

#include <string>

#include "exporter/metrics/exposition.h"

namespace tcpgauge {

// `exposition` as prometheus-cpp's own serializer writes it: the oracle for WriteText().
std::string PrometheusCppText(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_METRICS_PROMETHEUS_CPP_TEXT_H_
