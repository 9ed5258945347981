// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_
#define TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "exporter/otlp/baggage.h"
#include "exporter/otlp/otlp_encoder.h"
#include "exporter/otlp/otlp_wire.h"

namespace tcpgauge {

// getenv(), or a test's replacement.
using OtelVariables = std::function<const char*(const char*)>;

// What the standard environment variables ask for (OpenTelemetry specification, "Environment Variable Specification"
// and "OTLP Exporter Configuration").
struct OtelSettings {
  bool push = false;        // to an OTLP receiver
  bool console = false;     // to standard output
  bool prometheus = false;  // OTEL_METRICS_EXPORTER names it; options say where it is served

  std::string url;  // with the path
  KeyValues headers;
  OtlpFormat format = OtlpFormat::kProtobuf;
  bool gzip = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  int64_t attempt_timeout_ms = 10000;
  int64_t interval_ms = 60000;
  // For the last push. The specification's default is 30 s, but an agent must end within a second of being told to,
  // unless the user asks it to wait.
  int64_t export_timeout_ms = 800;
  Temporality temporality = Temporality::kCumulative;

  KeyValues resource_attributes;  // with OTEL_SERVICE_NAME as service.name
};

// `endpoint_option` is --otlp.endpoint: a base URL that takes precedence over the environment's; empty = not given.
// With `only_by_option`, the environment turns no output on.
//
// The option turns the push on. Without it, OTEL_METRICS_EXPORTER turns it on by naming otlp. If that is not set
// either, an endpoint in the environment turns it on. OTEL_SDK_DISABLED=true turns everything off.
//
// An empty variable counts as not set. So does a variable with a wrong value: `warnings` gets a line with its name and
// the right values, and without anything that may be a secret. Variables that are not needed are not read.
OtelSettings ReadOtelSettings(const OtelVariables& variables, const std::string& endpoint_option, bool only_by_option,
                              std::vector<std::string>* warnings);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_
