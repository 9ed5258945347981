// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_CONSOLE_OUTPUT_H_
#define TCPGAUGE_EXPORTER_OTLP_CONSOLE_OUTPUT_H_

#include <string>

#include "absl/status/status.h"

namespace tcpgauge {

// Writes lines to a descriptor whose reader may be slow, such as a pipe on standard output. Does not own the
// descriptor. Thread: confined to one at a time.
class ConsoleOutput {
 public:
  explicit ConsoleOutput(int fd) : fd_(fd) {}

  // Writes `text`, which has no newline, as a line. Waits for the reader no longer than `timeout_ms`. If the previous
  // line was cut short, ends it first.
  // Errors: DeadlineExceeded; Unavailable when the descriptor cannot be written.
  absl::Status WriteLine(const std::string& text, int timeout_ms);

 private:
  const int fd_;
  bool is_cut_ = false;  // the previous line was cut short
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_CONSOLE_OUTPUT_H_
