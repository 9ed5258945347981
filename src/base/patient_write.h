// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_PATIENT_WRITE_H_
#define TCPGAUGE_SRC_BASE_PATIENT_WRITE_H_

#include <cstddef>
#include <string_view>

#include "src/base/patience.h"

namespace tcpgauge {

// Writing to a descriptor whose reader may be slow, or never read.

struct PatientWriteResult {
  size_t written = 0;  // bytes
  // The errno of the write that failed. ETIMEDOUT: the patience was over. 0 = all bytes were written.
  int error = 0;
};

// Writes `bytes` to `fd`. Waits for the reader of a pipe, socket or terminal as long as `patience` has it, and notes
// progress there. When the patience is over, still writes what the descriptor takes at once. The process must ignore
// SIGPIPE.
//
// If `fd` is non-blocking, a regular file or a socket, never waits longer. Otherwise each write(2) is preceded by
// poll(2) and writes at most PIPE_BUF bytes, so that it waits only when another process fills the pipe in between.
//
// Thread: any.
PatientWriteResult PatientWrite(int fd, std::string_view bytes, Patience* patience);

// Returns another descriptor of the pipe or terminal `fd`, which is non-blocking and which the caller closes. The flag
// O_NONBLOCK of `fd` itself does not change, because other processes may share it. Returns -1 if `fd` is neither a pipe
// nor a terminal, or if the process may not open it again.
int ReopenNonblocking(int fd);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_PATIENT_WRITE_H_
