// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_RENDERED_LABELS_H_
#define TCPGAUGE_EXPORTER_METRICS_RENDERED_LABELS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "exporter/metrics/exposition.h"
#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {

// Appends a label in the spelling of a format. `is_first` says whether it is the sample's first label. Appends no byte
// if the label is optional and `value` is empty.
using AppendLabelFunction = void (*)(const MetricLabel& label, std::string_view value, bool is_first,
                                     std::string* rendered);

// The labels of several items, such as edges, in the spelling of one format. They are rendered once and used for all
// families.
// Thread: one thread at a time.
class RenderedLabels {
 public:
  // `labels` are those of a metric, and must outlive this object. Each of the `count` items has values for all labels,
  // or for the first ones.
  RenderedLabels(absl::Span<const MetricLabel> labels, size_t count, AppendLabelFunction append)
      : labels_(labels), append_(append) {
    ends_.reserve(count);
  }

  // Adds an item with these values.
  void Add(absl::Span<const std::string_view> values);

  // Returns the labels of item `index`. Items are numbered from 0 in the order of Add(). The view is valid until the
  // next Add().
  std::string_view Of(size_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(rendered_).substr(begin, ends_[index] - begin);
  }

  size_t count() const { return ends_.size(); }
  size_t size_bytes() const { return rendered_.size(); }  // of all items together

 private:
  const absl::Span<const MetricLabel> labels_;
  const AppendLabelFunction append_;
  std::string rendered_;
  std::vector<size_t> ends_;
};

// The labels of all items of `exposition` that have several series each.
struct ItemLabels {
  ItemLabels(const Exposition& exposition, AppendLabelFunction append);

  RenderedLabels connections;  // without the state
  RenderedLabels edges;
  RenderedLabels workload_edges;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_RENDERED_LABELS_H_
