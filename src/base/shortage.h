// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SHORTAGE_H_
#define TCPGAUGE_SRC_BASE_SHORTAGE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tcpgauge {

// Functions that end the process in an orderly way when the system refuses memory, a thread or a descriptor that the
// agent cannot do without. One line on standard error names the limit, and the exit status is 1.
//
// Design. An allocation can fail in any line of the agent and of its libraries, and no caller could go on without the
// memory. An exception would therefore only lead to abort(): a core dump, and a message that names no limit. A clean
// end is right even for an agent that has run for long, because its supervisor starts it again.
//
// The kernel and the C library report a shortage as an error number: EMFILE and ENFILE for descriptors, ENOMEM for
// memory, EAGAIN for threads.

// Ends the process with status 1. First calls the function that BeforeShortageExit() has set, then writes "tcpgauge:
// cannot ACTION: LIMIT" to standard error. If `error` is one of the numbers above, LIMIT names the limit and what to
// use instead. For any other number, LIMIT is strerror(error). Does not allocate memory or run destructors. If standard
// error is a full pipe, drops the line after a tenth of a second.
// Thread: any. When several threads call it, only the first one writes a line.
[[noreturn]] void ExitForShortage(const char* action, int error);

// From now on, an operator new that finds no memory calls ExitForShortage().
void ExitWhenMemoryEnds();

// Ends the process with one line and status 1 if `ulimit -s` allows the main thread less than 512 KiB of stack. The
// kernel kills a process whose stack cannot grow, so this limit must be checked at the start.
void RequireStack();

// Sets the function that ExitForShortage() and RequireStack() call before they write, or null for no function. The
// function is called in the thread that ends the process. It may call only functions that signal-safety(7) allows.
void BeforeShortageExit(void (*restore)());

// If `message`, an error message, contains strerror(3)'s text for EMFILE, ENFILE or ENOMEM, returns which limit is too
// low and what to use instead. Otherwise returns nullopt. This function searches text because libpcap and some other
// libraries report no error numbers.
std::optional<std::string> LimitNamedBy(absl::string_view message);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SHORTAGE_H_
