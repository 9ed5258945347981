// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_WEB_CONFIG_METRICS_H_
#define TCPGAUGE_EXPORTER_WEB_WEB_CONFIG_METRICS_H_

#include <prometheus/gauge.h>

#include "exporter/http/web_config_observer.h"
#include "exporter/metrics/agent_metrics.h"
#include "src/base/clock.h"

namespace tcpgauge {

// Exports two metrics of the web configuration: whether the last reading succeeded, and when a reading succeeded last.
// Prometheus exports the same two of its own configuration.
//
// Thread: see WebConfigObserver.
class WebConfigMetrics final : public WebConfigObserver {
 public:
  // `metrics` and `clock` must outlive this object.
  WebConfigMetrics(AgentMetrics* metrics, const Clock& clock);

  void OnRead(bool is_in_force) override;

 private:
  prometheus::Gauge& successful_;
  prometheus::Gauge& success_time_;
  const Clock& clock_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_WEB_CONFIG_METRICS_H_
