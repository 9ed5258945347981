// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_EVENT_LINES_H_
#define TCPGAUGE_SRC_KUBE_EVENT_LINES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"

namespace tcpgauge {

// Splits the body of a watch into its lines. Each line is one event.
//
// A line is returned only once its newline has come. So when the connection breaks in the middle of an event, no part
// of the event is used. The next watch begins before this event.
//
// Thread: confined to one thread.
// Bounds: a line has at most max_line_bytes. A longer line is skipped to its end, and counted. The default is the size
// of the largest object that etcd stores (1.5 MiB).
class EventLines {
 public:
  static constexpr size_t kMaxLineBytes = 1536 << 10;

  // `body` must outlive the object.
  explicit EventLines(AnswerBody* body, size_t max_line_bytes = kMaxLineBytes)
      : body_(*body), max_line_bytes_(max_line_bytes) {}

  // Returns the next line without its newline, or nullopt at the end of the body. The line is valid until the next
  // call. Skips empty lines. Errors: those of the body.
  absl::StatusOr<std::optional<std::string_view>> Next();

  // How many lines were skipped because they were too long.
  uint64_t too_long() const { return too_long_; }

 private:
  AnswerBody& body_;
  const size_t max_line_bytes_;
  std::string piece_;       // a piece of the body
  size_t taken_bytes_ = 0;  // of piece_
  std::string line_;        // the beginning of the next line, if it was in earlier pieces
  bool is_skipping_ = false;
  uint64_t too_long_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_EVENT_LINES_H_
