// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_
#define TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "exporter/otlp/otlp.pb.h"

namespace tcpgauge {

enum class OtlpFormat : uint8_t {
  kProtobuf,
  // ProtoJSON with the exceptions of the OTLP specification ("JSON Protobuf Encoding"): enums are numbers, names are in
  // lowerCamelCase, 64-bit numbers are decimal strings.
  kJson,
};

// The Content-Type of `format`.
const char* OtlpContentType(OtlpFormat format);

std::string WriteOtlp(const otlp::ExportMetricsServiceRequest& request, OtlpFormat format);

// The answer of a receiver that accepted a request.
struct OtlpAnswer {
  int64_t rejected_data_points = 0;
  std::string message;  // about a partial success; empty = not given
};

// nullopt if `body` cannot be parsed. Unknown fields are ignored.
std::optional<OtlpAnswer> ReadOtlpAnswer(const std::string& body, OtlpFormat format);

// The message in the answer to a refused request; empty if there is no message or `body` cannot be parsed.
std::string ReadOtlpError(const std::string& body, OtlpFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_
