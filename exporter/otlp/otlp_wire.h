// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_
#define TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "exporter/otlp/otlp.pb.h"

namespace tcpgauge {

// The encoding of OTLP messages.
enum class OtlpFormat : uint8_t {
  kProtobuf,  // protobuf's binary format
  // Protobuf's JSON as the OTLP specification demands it ("JSON Protobuf Encoding"): enums are numbers, field names are
  // in lowerCamelCase, 64-bit integers are decimal strings.
  kJson,
};

// Returns the Content-Type of `format`.
const char* OtlpContentType(OtlpFormat format);

// Returns `request` encoded in `format`; JSON is on one line. REQUIRES: all strings of `request` are valid UTF-8.
std::string WriteOtlp(const otlp::ExportMetricsServiceRequest& request, OtlpFormat format);

// The answer of a receiver that accepted a request, completely or in part.
struct OtlpAnswer {
  int64_t rejected_data_points = 0;  // as the receiver gives it, which may be wrong or negative
  std::string message;               // what was rejected and why, or a warning; empty = not given
};

// Returns the answer in `body`, or nullopt if `body` cannot be parsed. An empty `body` is an answer with the default
// values. Unknown fields are ignored.
std::optional<OtlpAnswer> ReadOtlpAnswer(const std::string& body, OtlpFormat format);

// Returns the error message in `body`, the answer of a receiver that refused a request. Returns an empty string if
// there is no message, or if `body` cannot be parsed.
std::string ReadOtlpError(const std::string& body, OtlpFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_
