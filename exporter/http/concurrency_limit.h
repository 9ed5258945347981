// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
#define TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Bounds the memory that responses take, however slowly clients read them: at most `limit` responses exist at a time.
// A response is counted from the call of Answer() until its last byte was sent or its connection broke.
//
// A copy of this object shares the original's count. A response keeps the count alive, so the object may be destroyed
// before the response.
//
// Thread: any.
// Bounds: `limit` responses, besides the refusals with status 503.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(size_t limit) : limit_(limit), under_way_(std::make_shared<std::atomic<size_t>>(0)) {}

  // Calls `make` and returns its response, whose `held_while_sent` is overwritten. If `limit` responses exist already,
  // does not call `make`, and returns status 503 with "Retry-After: 1".
  HttpResponse Answer(const std::function<HttpResponse()>& make) const;

 private:
  const size_t limit_;
  const std::shared_ptr<std::atomic<size_t>> under_way_;  // the number of responses that exist
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
