// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
#define TCPGAUGE_SRC_BASE_NAMED_THREAD_H_

#include <functional>
#include <thread>

namespace tcpgauge {

// Starts a thread that calls `run`. The caller must join the returned thread. `top -H` and `ps -L` show the thread as
// `name`. The kernel keeps only the first 15 bytes of the name (prctl(2), PR_SET_NAME). `name` must outlive the thread.
// Errors: like std::thread, throws std::system_error when the thread cannot be started.
std::thread NamedThread(const char* name, std::function<void()> run);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
