// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SHORTAGE_H_
#define TCPGAUGE_SRC_BASE_SHORTAGE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tcpgauge {

// Ends the process in order when the system refuses memory, a thread or a descriptor without which the agent cannot go
// on. One line on standard error names the limit, and the exit status is 1.
//
// Design. An allocation can fail in any line of the agent and of its libraries, and no caller could go on without the
// memory. An exception would therefore only lead to abort(): a core dump, and a message that names no limit. A clean
// end serves an agent that already runs too, because whoever supervises it starts it again.
//
// The kernel and the libraries report a shortage as an error number: EMFILE and ENFILE for descriptors, ENOMEM for
// memory, EAGAIN for threads. Here `error` is such a number.

// Writes "tcpgauge: cannot DO: LIMIT", where `action` says what to DO, restores the terminal if BeforeShortageExit()
// was called, and ends the process with status 1. Neither allocates memory nor runs destructors. If standard error is a
// full pipe, the line is dropped after a tenth of a second.
// Thread: any. When several threads call it, the first one writes the only line.
[[noreturn]] void ExitForShortage(const char* action, int error);

// From now on, an operator new that finds no memory calls ExitForShortage().
void ExitWhenMemoryEnds();

// Ends the process with one line if `ulimit -s` allows the main thread less than 512 KiB of stack. The kernel kills a
// process whose stack cannot grow, so this limit has to be checked ahead.
void RequireStack();

// Sets the function that ExitForShortage() calls before it writes, or null for no function. The function may call only
// functions that signal-safety(7) allows. The function is called in the thread that calls ExitForShortage().
void BeforeShortageExit(void (*restore)());

// For an error message that contains the kernel's text for EMFILE, ENFILE or ENOMEM, returns the limit in question and
// what to use instead. Nullopt for any other message. The text decides because libpcap and others report no numbers.
std::optional<std::string> LimitNamedBy(absl::string_view message);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SHORTAGE_H_
