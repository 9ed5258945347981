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
#include "exporter/metrics/text_writer.h"
#include "src/base/clock.h"
#include "src/base/mutex.h"
#include "src/base/time_units.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Makes the page of the metrics, in the format and encoding that a request accepts.
//
// Design. Requests for the same snapshot share one text, and one compressed text. Otherwise a client that asks again
// and again would cost the processor time of a text each time, and one that does not read would keep a text of its own.
// A text is used again for one second at most, because it also has what the agent and the process count of themselves,
// which goes on when no new snapshot comes.
//
// Thread: any. Requests for the same text wait for each other, so that it is made once.
// Bounds: four texts, besides those that are being sent.
class MetricsPage {
 public:
  static constexpr int64_t kLongestUseNs = kNanosecondsPerSecond;

  // `metrics` and `clock` must outlive this object.
  MetricsPage(const ExpositionLimits& limits, const AgentMetrics* metrics, const Clock* clock)
      : output_(limits, metrics), clock_(*clock) {}

  // Returns the page of `snapshot`, in HttpResponse::shared_body.
  HttpResponse Answer(const HttpRequest& request, const std::shared_ptr<const Snapshot>& snapshot);

 private:
  using Body = std::shared_ptr<const std::string>;

  // A text that was made, and for which snapshot.
  struct Text {
    Mutex mutex;
    Body body ABSL_GUARDED_BY(mutex);  // null = none was made
    uint64_t sequence ABSL_GUARDED_BY(mutex) = 0;
    int64_t made_ns ABSL_GUARDED_BY(mutex) = 0;
  };

  // Returns the text of `snapshot` in `text`, or makes it with `make`.
  template <typename Make>
  Body Get(Text* text, const Snapshot& snapshot, Make make) const;
  Body Plain(TextFormat format, const std::shared_ptr<const Snapshot>& snapshot);

  MetricsOutput output_;
  const Clock& clock_;
  Text plain_[2];       // by TextFormat
  Text compressed_[2];  // the same with gzip
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_METRICS_PAGE_H_
