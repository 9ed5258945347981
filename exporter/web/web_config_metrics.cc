// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web_config_metrics.h"

namespace tcpgauge {

WebConfigMetrics::WebConfigMetrics(AgentMetrics* metrics, const Clock& clock)
    : successful_(metrics->Gauge(Metric::kWebConfigReloadSuccessful)),
      success_time_(metrics->Gauge(Metric::kWebConfigReloadSuccessTime)),
      clock_(clock) {}

void WebConfigMetrics::OnRead(bool is_in_force) {
  successful_.Set(is_in_force ? 1 : 0);
  if (is_in_force) success_time_.Set(ToSeconds(clock_.WallNanoseconds()));
}

}  // namespace tcpgauge
