// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_CONSOLE_OUTPUT_H_
#define TCPGAUGE_EXPORTER_OTLP_CONSOLE_OUTPUT_H_

#include <string>

#include "absl/status/status.h"
#include "src/base/haste.h"

namespace tcpgauge {

// Writes lines to a descriptor whose reader may be slow, such as a pipe on standard output. Does not own the
// descriptor.
//
// Thread: one thread at a time. The process must ignore SIGPIPE.
class ConsoleOutput {
 public:
  // `haste` may be null; otherwise it must outlive this object.
  ConsoleOutput(int fd, const Haste* haste) : fd_(fd), haste_(haste) {}

  // Writes `text` and a newline. REQUIRES: `text` is one line. Waits for the reader at most `timeout_ms` in all. In
  // haste, the wait ends at Haste::deadline_ns() at the latest. If `timeout_ms` is 0, does not wait. If an error cut
  // the previous line short, first ends that line with a newline.
  //
  // Errors: DeadlineExceeded when the time is over, or Unavailable if the descriptor cannot be written. In both cases a
  // part of the line may have been written.
  absl::Status WriteLine(const std::string& text, int timeout_ms);

 private:
  const int fd_;
  const Haste* const haste_;
  bool is_cut_ = false;  // the previous line was cut short
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_CONSOLE_OUTPUT_H_
