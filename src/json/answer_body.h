// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_JSON_ANSWER_BODY_H_
#define TCPGAUGE_SRC_JSON_ANSWER_BODY_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// A text that is read in pieces while it arrives: the body of an HTTP answer, or a file.
//
// Thread: one thread at a time.
class AnswerBody {
 public:
  virtual ~AnswerBody() = default;

  // The most bytes of a piece. Pieces are short, because the reader can be stopped only between two of them.
  static constexpr size_t kMaxPieceBytes = 16384;

  // Returns the next piece of the text. Waits for it if necessary. At the end of the text, and after the end, returns
  // an empty piece. Errors: those of the transfer or the file.
  virtual absl::StatusOr<std::string> Next() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_JSON_ANSWER_BODY_H_
