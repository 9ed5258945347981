// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_METRICS_PAGE_H_
#define TCPGAUGE_EXPORTER_WEB_METRICS_PAGE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "exporter/http/http_message.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/metrics_output.h"
#include "exporter/web/content_negotiation.h"
#include "src/base/clock.h"
#include "src/base/mutex.h"
#include "src/base/time_units.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Makes the page of the metrics, in the format and encoding that a request accepts.
//
// Design. Requests for the same snapshot share one text of each format, and one compressed text of each format. (A text
// here may be protobuf.) Otherwise each request would cost the processor time of a text, and each client that does not
// read would hold the memory of a text. A text is used for one second at most, because it also has the counters of the
// agent and of the process, which change without a new snapshot. (A compressed text may be made from a plain one that
// is almost a second old.)
//
// Thread: any. Requests for the same text wait for each other, so that the text is made once.
// Bounds: keeps four texts, besides those that are being sent: a plain and a compressed one in Prometheus's text
// format, and the same two in OpenMetrics or protobuf, whichever was asked for last. Nobody is expected to ask for
// three formats all the time.
class MetricsPage {
 public:
  static constexpr int64_t kLongestUseNs = kNanosecondsPerSecond;

  // `metrics` and `clock` must outlive this object.
  MetricsPage(const ExpositionLimits& limits, const AgentMetrics* metrics, const Clock* clock)
      : output_(limits, metrics), clock_(*clock) {}

  // Returns the page of `snapshot`, in HttpResponse::shared_body. If there is no memory for the compression, the page
  // is not compressed.
  HttpResponse Answer(const HttpRequest& request, const std::shared_ptr<const Snapshot>& snapshot);

 private:
  using Body = std::shared_ptr<const std::string>;

  // A text that is kept, and the snapshot from which it was made.
  struct Text {
    Mutex mutex;
    Body body ABSL_GUARDED_BY(mutex);  // null = no text was made yet
    MetricsFormat format ABSL_GUARDED_BY(mutex) = MetricsFormat::kPrometheusText;
    uint64_t sequence ABSL_GUARDED_BY(mutex) = 0;
    int64_t made_ns ABSL_GUARDED_BY(mutex) = 0;
  };

  // Returns the element of `texts` in which a text of this format is kept.
  static Text* PlaceOf(MetricsFormat format, Text (&texts)[2]) {
    return &texts[format == MetricsFormat::kPrometheusText ? 0 : 1];
  }
  // Returns `text->body` if it has this format, is from `snapshot` and is young enough. Otherwise replaces it by the
  // result of `make`.
  template <typename Make>
  Body Get(Text* text, MetricsFormat format, const Snapshot& snapshot, Make make) const;
  Body Plain(MetricsFormat format, const std::shared_ptr<const Snapshot>& snapshot);

  MetricsOutput output_;
  const Clock& clock_;
  Text plain_[2];       // see PlaceOf()
  Text compressed_[2];  // the same with gzip
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_METRICS_PAGE_H_
