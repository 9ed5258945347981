// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/concurrency_limit.h"

#include <string>
#include <utility>

namespace tcpgauge {

HttpResponse ConcurrencyLimit::Answer(const std::function<HttpResponse()>& make) const {
  const bool is_over_limit = under_way_->fetch_add(1) >= limit_;
  std::shared_ptr<void> place(under_way_.get(), [under_way = under_way_](void*) { under_way->fetch_sub(1); });
  if (is_over_limit) {
    HttpResponse refusal;
    refusal.status = 503;
    refusal.headers.emplace_back("Retry-After", "1");
    refusal.body = "limit of concurrent requests reached (" + std::to_string(limit_) + "), try again later\n";
    return refusal;
  }
  HttpResponse response = make();
  response.held_while_sent = std::move(place);
  return response;
}

}  // namespace tcpgauge
