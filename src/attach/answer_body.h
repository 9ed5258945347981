// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_ANSWER_BODY_H_
#define TCPGAUGE_SRC_ATTACH_ANSWER_BODY_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// The body of an HTTP answer, which is read in pieces while it arrives.
//
// Thread: one at a time.
class AnswerBody {
 public:
  virtual ~AnswerBody() = default;

  // Pieces are short, so that the reader's work between two of them is short.
  static constexpr size_t kMaxPieceBytes = 16384;

  // Returns the next piece of the body, of at most kMaxPieceBytes. Waits for it if necessary. Returns an empty text at
  // the end, and after the end. Errors: those of the transfer.
  virtual absl::StatusOr<std::string> Next() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_ANSWER_BODY_H_
