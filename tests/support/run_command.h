// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_RUN_COMMAND_H_
#define TCPGAUGE_TESTS_SUPPORT_RUN_COMMAND_H_

#include <string>

namespace tcpgauge {

struct CommandResult {
  int exit_status = -1;  // -1 when the shell could not be started, or a signal killed it
  std::string output;    // standard output and standard error, in the order in which they were written
};

// Runs `command` in a shell (sh -c) with `input` as its standard input, and waits without a time limit until the
// command ends.
CommandResult RunCommand(const std::string& command, const std::string& input = "");

// Returns whether the shell finds a command called `name`.
bool HasProgram(const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_RUN_COMMAND_H_
