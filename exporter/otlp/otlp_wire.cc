// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otlp_wire.h"

#include <google/protobuf/util/json_util.h>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

bool Read(const std::string& body, OtlpFormat format, google::protobuf::Message* message) {
  if (format == OtlpFormat::kProtobuf) return message->ParseFromString(body);
  if (body.empty()) return true;  // an empty message, as in protobuf's own format
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage(body, message, options).ok();
}

}  // namespace

const char* OtlpContentType(OtlpFormat format) {
  return format == OtlpFormat::kJson ? "application/json" : "application/x-protobuf";
}

std::string WriteOtlp(const otlp::ExportMetricsServiceRequest& request, OtlpFormat format) {
  std::string body;
  if (format == OtlpFormat::kProtobuf) {
    TCPGAUGE_CHECK(request.SerializeToString(&body));
    return body;
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_enums_as_ints = true;
  TCPGAUGE_CHECK(google::protobuf::util::MessageToJsonString(request, &body, options).ok());
  return body;
}

std::optional<OtlpAnswer> ReadOtlpAnswer(const std::string& body, OtlpFormat format) {
  otlp::ExportMetricsServiceResponse response;
  if (!Read(body, format, &response)) return std::nullopt;
  return OtlpAnswer{response.partial_success().rejected_data_points(), response.partial_success().error_message()};
}

std::string ReadOtlpError(const std::string& body, OtlpFormat format) {
  otlp::Status status;
  return Read(body, format, &status) ? status.message() : "";
}

}  // namespace tcpgauge
