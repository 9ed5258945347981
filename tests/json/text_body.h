// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_JSON_TEXT_BODY_H_
#define TCPGAUGE_TESTS_JSON_TEXT_BODY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "src/json/answer_body.h"

namespace tcpgauge {

// The body of an answer, from memory. Comes in pieces of `piece_bytes`, or in the longest ones. Ends with `end`.
class TextBody final : public AnswerBody {
 public:
  explicit TextBody(std::string text, size_t piece_bytes = kMaxPieceBytes, absl::Status end = absl::OkStatus())
      : text_(std::move(text)), piece_bytes_(std::min(piece_bytes, kMaxPieceBytes)), end_(std::move(end)) {}

  absl::StatusOr<std::string> Next() override {
    if (taken_ == text_.size() && !end_.ok()) return end_;
    std::string piece = text_.substr(taken_, piece_bytes_);
    taken_ += piece.size();
    return piece;
  }

  // How many bytes were taken.
  size_t taken() const { return taken_; }

 private:
  const std::string text_;
  const size_t piece_bytes_;
  const absl::Status end_;
  size_t taken_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_JSON_TEXT_BODY_H_
