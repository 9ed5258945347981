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
  // OTEL_METRICS_EXPORTER names prometheus. That does not start the web server: only the agent's own options do. The
  // caller warns if no option starts it.
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
  std::string key_file;                // equal to cert_file if no key file is given
  int64_t attempt_timeout_ms = 10000;  // for one attempt to send one request; never 0

  int64_t interval_ms = 60000;  // between two pushes, at least 100
  // How long the last push may take, when the agent ends; never 0. The specification's default is 30 s. The default
  // here is lower, because an agent that is told to stop should end within a second.
  int64_t export_timeout_ms = 800;
  Temporality temporality = Temporality::kCumulative;  // of the points for the receiver

  KeyValues resource_attributes;  // with the value of OTEL_SERVICE_NAME as service.name
};

// Reads the settings from the environment. `endpoint_option` is the value of --otlp.endpoint, a base URL to which
// v1/metrics is added; empty = not given. If `only_by_option` is true, the environment itself turns no output on.
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
// An empty variable counts as not set. A variable with a wrong value counts as not set too, unless it is a URL (see
// Errors). In a list, an unknown exporter or a header that tcpgauge sets itself is left out, and the rest of the list
// counts. A time-out of 0 means no limit in the specification, and one hour here. Variables that have no effect are not
// read: those of outputs that are off, and OTEL_METRICS_EXPORTER if `only_by_option` is true.
//
// For each wrong value, a line with the variable's name and the right values is appended to `*warnings`. The line
// leaves out values that may hold a secret. A line is also appended when OTEL_SDK_DISABLED overrules `endpoint_option`,
// and for a URL whose path ends with v1/metrics twice, which is used all the same.
//
// Errors: InvalidArgument when HttpClient::CheckUrl() refuses the URL in `endpoint_option`, or the URL that is read
// from the environment. Without this error, the metrics would be missing and nobody would be told. The message is one
// line that names the option or the variable, and says what would be right.
absl::StatusOr<OtelSettings> ReadOtelSettings(const OtelVariables& variables, const std::string& endpoint_option,
                                              bool only_by_option, std::vector<std::string>* warnings);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_
