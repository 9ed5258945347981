#ifndef TCPGAUGE_EXPORTER_PROMETHEUS_COLLECTABLE_H_
#define TCPGAUGE_EXPORTER_PROMETHEUS_COLLECTABLE_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "exporter/exposition.h"

namespace tcpgauge {

// `exposition` as prometheus-cpp's families.
std::vector<prometheus::MetricFamily> ToMetricFamilies(const Exposition& exposition);

// Families made anew from what `make_exposition` gives, at each collection.
// Thread: any that `make_exposition` may be called from.
class PrometheusCollectable final : public prometheus::Collectable {
 public:
  explicit PrometheusCollectable(std::function<Exposition()> make_exposition)
      : make_exposition_(std::move(make_exposition)) {}

  std::vector<prometheus::MetricFamily> Collect() const override { return ToMetricFamilies(make_exposition_()); }

 private:
  std::function<Exposition()> make_exposition_;
};

// The text format 0.0.4 of what `collectable` collects.
std::string SerializePrometheusText(const prometheus::Collectable& collectable);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_PROMETHEUS_COLLECTABLE_H_
