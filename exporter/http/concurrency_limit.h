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
// A response counts from the call of Answer() until its last byte was sent or its connection broke.
//
// A copy of this object shares the original's count. A response keeps the count alive, so the object may be destroyed
// before the response.
//
// Thread: any.
// Bounds: When `limit` responses exist, Answer() returns a response with status 503.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(size_t limit) : limit_(limit), under_way_(std::make_shared<std::atomic<size_t>>(0)) {}

  // Calls `make` and returns its response, whose `held_while_sent` is overwritten. Beyond the limit, returns a
  // 503 with "Retry-After: 1" without calling `make`.
  HttpResponse Answer(const std::function<HttpResponse()>& make) const;

 private:
  const size_t limit_;
  const std::shared_ptr<std::atomic<size_t>> under_way_;  // the number of responses that exist
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
