// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/concurrency_limit.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace tcpgauge {

HttpHandler LimitConcurrency(size_t limit, HttpHandler handler) {
  const auto under_way = std::make_shared<std::atomic<size_t>>(0);
  return [limit, handler = std::move(handler), under_way](const HttpRequest& request) {
    const bool is_beyond = under_way->fetch_add(1) >= limit;
    std::shared_ptr<void> place(under_way.get(), [under_way](void*) { under_way->fetch_sub(1); });
    if (is_beyond) {
      HttpResponse refusal;
      refusal.status = 503;
      refusal.headers.emplace_back("Retry-After", "1");
      refusal.body = "limit of concurrent requests reached (" + std::to_string(limit) + "), try again later\n";
      return refusal;
    }
    HttpResponse response = handler(request);
    response.held_while_sent = std::move(place);
    return response;
  };
}

}  // namespace tcpgauge
