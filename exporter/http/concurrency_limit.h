// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
#define TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_

#include <cstddef>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// `handler`, but at most `limit` of its responses at a time, counted until their last byte was sent; what comes beyond
// is answered with 503 at once. So the memory that responses take is bounded, however slowly their readers read.
// Thread: as `handler`, which must be safe for any.
HttpHandler LimitConcurrency(size_t limit, HttpHandler handler);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONCURRENCY_LIMIT_H_
