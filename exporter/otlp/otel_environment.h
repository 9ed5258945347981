// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_
#define TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/otlp/baggage.h"
#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/otlp_wire.h"

namespace tcpgauge {

// Returns the value of an environment variable, or null if the variable is not set: getenv(), or a test's replacement.
using OtelVariables = std::function<const char*(const char*)>;

// The settings in OpenTelemetry's standard environment variables (OpenTelemetry specification, "Environment Variable
// Specification" and "OTLP Exporter Configuration").
struct OtelSettings {
  bool push = false;     // push the metrics to an OTLP receiver
  bool console = false;  // write the metrics to standard output
  // OTEL_METRICS_EXPORTER names prometheus. This does not turn the web server on: the option --web.listen-address does.
  bool prometheus = false;

  // The receiver. Without `push`, these fields have no meaning.
  std::string url;  // with the path; may hold a password
  // Each name and value is valid in an HTTP header. The headers that CurlTransport and curl set themselves are left
  // out: Content-Type, Content-Encoding, Content-Length, Transfer-Encoding, Expect and Host.
  KeyValues headers;
  OtlpFormat format = OtlpFormat::kProtobuf;
  bool gzip = false;
  std::string ca_file;                 // empty = the system's authorities
  std::string cert_file;               // empty = no client certificate
  std::string key_file;                // equal to cert_file if only cert_file is given
  int64_t attempt_timeout_ms = 10000;  // for one attempt to send one request; never 0

  int64_t interval_ms = 60000;  // between two pushes, at least 100
  // How long the last push may take, when the agent ends; never 0. The specification's default is 30 s. The default
  // here is lower, because an agent that is told to stop must end within a second, unless the user asks it to wait.
  int64_t export_timeout_ms = 800;
  Temporality temporality = Temporality::kCumulative;  // of the points for the receiver

  KeyValues resource_attributes;  // with the value of OTEL_SERVICE_NAME as service.name
};

// Reads the settings from the environment. `endpoint_option` is the value of --otlp.endpoint, a base URL to which
// v1/metrics is added; empty = not given. With `only_by_option`, the environment itself turns no output on.
//
// The first of these cases that applies decides whether OtelSettings::push is true:
// 1. `only_by_option` is true and `endpoint_option` is empty: false, and no variable is read.
// 2. OTEL_SDK_DISABLED is true: false, and every other output is off too.
// 3. `endpoint_option` is given: true, with its URL.
// 4. OTEL_METRICS_EXPORTER is set: true if it names otlp. The URL is that of the environment, or the default
//    http://localhost:4318/v1/metrics.
// 5. The environment gives an endpoint: true, with its URL.
// 6. Otherwise: false.
// In cases 3 and 4, unless `only_by_option` is true, OTEL_METRICS_EXPORTER also turns the outputs `console` and
// `prometheus` on if it names them.
//
// An empty variable counts as not set. So does a variable with a wrong value, except for the URL under Errors. For each
// wrong value, a line with the variable's name and the right values is appended to the out-parameter `warnings`. The
// line leaves out values that may hold a secret. For a URL whose path ends with v1/metrics twice, a line is appended
// too, but the URL is used. A time-out of 0 means no limit in the specification, and one hour here. Only variables that
// the result needs are read.
//
// Errors: kInvalidArgument when the URL in `endpoint_option`, or the one that is read from the environment, has a host
// or port that cannot exist (HttpClient::CheckUrl()). If it counted as not set, the metrics would be missing without an
// error. The message is one line that names the option or the variable, and says what would be right.
absl::StatusOr<OtelSettings> ReadOtelSettings(const OtelVariables& variables, const std::string& endpoint_option,
                                              bool only_by_option, std::vector<std::string>* warnings);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_
