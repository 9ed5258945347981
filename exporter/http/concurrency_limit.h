// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
#define TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// Lets at most `limit` responses be under way at a time, counted until their last byte was sent; what comes beyond is
// answered with 503 at once. So the memory that responses take is bounded, however slowly their readers read.
//
// Copies share one count, which lives as long as the last of them and of their responses. Thread: any.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(size_t limit) : limit_(limit), under_way_(std::make_shared<std::atomic<size_t>>(0)) {}

  // What `make` returns, or the refusal.
  HttpResponse Answer(const std::function<HttpResponse()>& make) const;

 private:
  const size_t limit_;
  const std::shared_ptr<std::atomic<size_t>> under_way_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
