// SPDX-License-Identifier: Apache-2.0
#include "src/kube/failure_message.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/json/json_reader.h"
#include "src/json/json_scalar.h"
#include "src/json/string_body.h"

namespace tcpgauge {
namespace {

class MessageVisitor final : public JsonVisitor {
 public:
  absl::StatusOr<bool> Enter(std::string_view /*key*/, bool /*is_object*/) override { return ++depth_ == 1; }
  absl::Status Leave() override { return absl::OkStatus(); }
  absl::Status Take(std::string_view key, const JsonScalar& value) override {
    if (key == "message") message = NameOf(value, kMaxFailureMessageBytes);
    return absl::OkStatus();
  }

  std::string message;

 private:
  int depth_ = 0;
};

}  // namespace

std::string FailureMessage(const std::string& body) {
  StringBody text(body);
  MessageVisitor visitor;
  const absl::Status status =
      ReadJson(&text, {"the answer", "the answer is not JSON"}, {body.size(), body.size(), 64}, &visitor);
  if (status.ok() && !visitor.message.empty()) return visitor.message;
  return body.substr(0, kMaxFailureMessageBytes);
}

}  // namespace tcpgauge
