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

// getenv(), or what a test has instead.
using OtelVariables = std::function<const char*(const char*)>;

// What the standard environment variables ask for, by the OpenTelemetry specification ("Environment Variable
// Specification", "OTLP Exporter Configuration").
struct OtelSettings {
  bool push = false;        // to an OTLP receiver
  bool console = false;     // to standard output
  bool prometheus = false;  // OTEL_METRICS_EXPORTER names it; what is served is not said here

  std::string url;  // complete
  KeyValues headers;
  OtlpFormat format = OtlpFormat::kProtobuf;
  bool gzip = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  int64_t attempt_timeout_ms = 10000;
  int64_t interval_ms = 60000;
  // The specification has 30 s; but an agent that is told to stop is gone within a second, unless asked to wait.
  int64_t export_timeout_ms = 800;
  Temporality temporality = Temporality::kCumulative;

  KeyValues resource_attributes;  // OTEL_SERVICE_NAME in its place
};

// `endpoint_option` is --otlp.endpoint: a base URL that wins over those of the environment; empty = not given. With
// `only_by_option` nothing else begins a push.
//
// What turns the push on: the option; else OTEL_METRICS_EXPORTER when it is set, by naming otlp; else an endpoint.
// OTEL_SDK_DISABLED=true turns off all of it.
//
// An empty variable counts as not set. So does one with a wrong value, of which `warnings` gets a line: it names the
// variable and what would be right, and never tells what may be a secret. Nothing is read that is not needed.
OtelSettings ReadOtelSettings(const OtelVariables& variables, const std::string& endpoint_option, bool only_by_option,
                              std::vector<std::string>* warnings);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTEL_ENVIRONMENT_H_
