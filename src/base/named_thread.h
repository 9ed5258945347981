// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
#define TCPGAUGE_SRC_BASE_NAMED_THREAD_H_

#include <functional>
#include <thread>

namespace tcpgauge {

// Starts a thread that runs `run` under `name`, which `top -H` and `ps -L` show. The kernel keeps the first 15 bytes of
// `name` (prctl(2), PR_SET_NAME). `name` must outlive the thread.
// Errors: throws std::system_error when the thread cannot be started, like std::thread.
std::thread NamedThread(const char* name, std::function<void()> run);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
