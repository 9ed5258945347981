// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_EDGE_ACCOUNTS_H_
#define TCPGAUGE_EXPORTER_METRICS_EDGE_ACCOUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "exporter/metrics/exposition.h"
#include "exporter/metrics/metric_visitor.h"

namespace tcpgauge {

// Three lists of accounts: those of the edges, those of the workload edges, and WorkloadEdgesView::other, which holds
// the traffic between workloads that has no series of its own. Most metrics of the three lists are of the same kinds,
// so VisitMetrics() visits the lists by the same templates. For this, each list has these functions:
//
// - `size()` is the number of accounts. `counters(i)` and `distributions(i)` are the amounts of account `i`.
// - `Sample()` and `DistributionSample()` hand a sample of account `i` to the visitor. `more_label_values` are the
//   values of the labels that follow the labels of the account.
//
// Lifetime: each list refers to an exposition and a visitor, which must outlive it.

// Exposition::edges.
class EdgeAccounts {
 public:
  EdgeAccounts(const Exposition& exposition, MetricVisitor* visitor) : edges_(exposition.edges), visitor_(visitor) {}

  size_t size() const { return edges_.size(); }
  const EdgeCounters& counters(size_t i) const { return edges_[i].counters; }
  const EdgeDistributions& distributions(size_t i) const { return edges_[i].distributions; }
  void Sample(size_t i, absl::Span<const std::string_view> more_label_values, MetricValue value) const {
    visitor_->EdgeSample(i, more_label_values, value);
  }
  void DistributionSample(size_t i, const Distribution& distribution) const {
    visitor_->EdgeDistributionSample(i, distribution);
  }

 private:
  const absl::Span<const ExportedEdge> edges_;
  MetricVisitor* const visitor_;
};

// Exposition::workload_edges.
class WorkloadEdgeAccounts {
 public:
  WorkloadEdgeAccounts(const Exposition& exposition, MetricVisitor* visitor)
      : edges_(exposition.workload_edges), visitor_(visitor) {}

  size_t size() const { return edges_.size(); }
  const EdgeCounters& counters(size_t i) const { return edges_[i].counters; }
  const EdgeDistributions& distributions(size_t i) const { return edges_[i].distributions; }
  void Sample(size_t i, absl::Span<const std::string_view> more_label_values, MetricValue value) const {
    visitor_->WorkloadEdgeSample(i, more_label_values, value);
  }
  void DistributionSample(size_t i, const Distribution& distribution) const {
    visitor_->WorkloadEdgeDistributionSample(i, distribution);
  }

 private:
  const absl::Span<const ExportedWorkloadEdge> edges_;
  MetricVisitor* const visitor_;
};

// WorkloadEdgesView::other: an account for each reporter.
class OtherWorkloadAccounts {
 public:
  OtherWorkloadAccounts(const Exposition& exposition, MetricVisitor* visitor)
      : other_(exposition.snapshot->workload_edges.other),
        other_distributions_(exposition.snapshot->workload_edges.other_distributions),
        visitor_(visitor) {}

  size_t size() const { return other_.size(); }
  const EdgeCounters& counters(size_t i) const { return other_[i]; }
  const EdgeDistributions& distributions(size_t i) const { return other_distributions_[i]; }
  // REQUIRES: `more_label_values` has at most one value.
  void Sample(size_t i, absl::Span<const std::string_view> more_label_values, MetricValue value) const {
    const std::string_view reporter = ReporterName(static_cast<Reporter>(i));
    if (more_label_values.empty()) {
      visitor_->Sample({reporter}, value);
    } else {
      visitor_->Sample({reporter, more_label_values[0]}, value);
    }
  }
  void DistributionSample(size_t i, const Distribution& distribution) const {
    visitor_->DistributionSample({ReporterName(static_cast<Reporter>(i))}, distribution);
  }

 private:
  const std::array<EdgeCounters, 3>& other_;
  const std::array<EdgeDistributions, 3>& other_distributions_;
  MetricVisitor* const visitor_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_EDGE_ACCOUNTS_H_
