// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_GENEROUS_LIMITS_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_GENEROUS_LIMITS_H_

#include "absl/time/time.h"
#include "exporter/http/http_server.h"

namespace tcpgauge {

// Returns limits that a test never reaches, for tests that are not about limits. They are generous because on a busy
// machine a client may take many seconds to send its request, and hundreds of connections may be open at a time.
inline HttpLimits GenerousLimits() {
  HttpLimits limits;
  limits.connections = 2000;
  limits.idle_timeout_seconds = 0;  // no limit
  limits.request = limits.response = absl::Hours(1);
  return limits;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_GENEROUS_LIMITS_H_
