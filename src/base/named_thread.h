// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
#define TCPGAUGE_SRC_BASE_NAMED_THREAD_H_

#include <functional>
#include <optional>
#include <thread>

namespace tcpgauge {

// Starts a thread that calls `run`. The caller must join the returned thread. `top -H` and `ps -L` show the thread as
// `name`. The kernel keeps only the first 15 bytes of the name (prctl(2), PR_SET_NAME). `name` must outlive the thread.
// Errors: when the thread cannot be started, ends the process with one line (ExitForShortage()).
std::thread NamedThread(const char* name, std::function<void()> run);

// Like NamedThread(), for a caller that can do without the thread: returns nullopt when the thread cannot be started.
std::optional<std::thread> TryNamedThread(const char* name, std::function<void()> run);

// Sets the stack size of all threads that start later to 8 MiB, including the threads of libraries. Otherwise
// `ulimit -s` would set their size. That limit is meant for the main thread, and may be much larger or smaller.
void SetStackSizeOfThreads();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_NAMED_THREAD_H_
