// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_PATIENT_WRITE_H_
#define TCPGAUGE_SRC_BASE_PATIENT_WRITE_H_

#include <cstddef>
#include <string_view>

#include "src/base/patience.h"

namespace tcpgauge {

// Functions that write to a descriptor whose reader may be slow or may never read.

struct PatientWriteResult {
  size_t written = 0;  // bytes
  // The errno of the write that failed. ETIMEDOUT = the patience was over. 0 = all bytes were written.
  int error = 0;
};

// Writes `bytes` to `fd`. Waits for the reader of a pipe, socket or terminal as long as `patience` lasts, and calls
// `patience->NoteProgress()` whenever the descriptor has taken bytes. When the patience is over, still writes the bytes
// that the descriptor accepts without waiting. The process must ignore SIGPIPE.
//
// If `fd` is a blocking pipe or terminal, calls poll(2) before each write(2), and writes at most PIPE_BUF bytes at a
// time. Such a write waits beyond the patience only if another process fills the pipe between poll(2) and write(2).
//
// Thread: any.
PatientWriteResult PatientWrite(int fd, std::string_view bytes, Patience* patience);

// Opens the pipe or terminal `fd` a second time, for writing without blocking. Returns the new descriptor, which the
// caller closes. `fd` itself stays blocking, because other processes may share it. Returns -1 if `fd` is neither a pipe
// nor a terminal, or if it cannot be opened again.
int ReopenNonblocking(int fd);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_PATIENT_WRITE_H_
