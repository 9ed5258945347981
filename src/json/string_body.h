// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_JSON_STRING_BODY_H_
#define TCPGAUGE_SRC_JSON_STRING_BODY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"

namespace tcpgauge {

// A text in memory, in the pieces that ReadJson() reads. The text must outlive the object.
class StringBody final : public AnswerBody {
 public:
  explicit StringBody(std::string_view text) : rest_(text) {}

  absl::StatusOr<std::string> Next() override {
    std::string piece(rest_.substr(0, kMaxPieceBytes));
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_JSON_STRING_BODY_H_
