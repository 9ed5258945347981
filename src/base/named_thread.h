// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
#define TCPGAUGE_SRC_BASE_NAMED_THREAD_H_

#include <functional>
#include <thread>

namespace tcpgauge {

// A thread that runs `run` under a name, as `top -H` and `ps -L` show it. The kernel keeps the first 15 bytes of `name`
// (prctl(2), PR_SET_NAME). Throws std::system_error where no thread is to be had, as std::thread does.
std::thread NamedThread(const char* name, std::function<void()> run);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
