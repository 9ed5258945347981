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
// A response counts until its last byte was sent. A request beyond the limit gets 503 at once.
//
// Copies share one count, which lives as long as the last copy and the last response. Thread: any.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(size_t limit) : limit_(limit), under_way_(std::make_shared<std::atomic<size_t>>(0)) {}

  // Returns the response of `make`, or a 503.
  HttpResponse Answer(const std::function<HttpResponse()>& make) const;

 private:
  const size_t limit_;
  const std::shared_ptr<std::atomic<size_t>> under_way_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
