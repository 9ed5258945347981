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

// The Content-Type that goes with it.
const char* OtlpContentType(OtlpFormat format);

std::string WriteOtlp(const otlp::ExportMetricsServiceRequest& request, OtlpFormat format);

// What a receiver says in the answer to a request that it took.
struct OtlpAnswer {
  int64_t rejected_data_points = 0;
  std::string message;  // of partial success; empty = none
};

// Nothing when `body` is no such answer. Fields that we do not know are passed over.
std::optional<OtlpAnswer> ReadOtlpAnswer(const std::string& body, OtlpFormat format);

// The message in the answer to a request that was not taken; empty when there is none that can be read.
std::string ReadOtlpError(const std::string& body, OtlpFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_OTLP_WIRE_H_
