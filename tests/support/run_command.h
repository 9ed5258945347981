// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_RUN_COMMAND_H_
#define TCPGAUGE_TESTS_SUPPORT_RUN_COMMAND_H_

#include <string>

namespace tcpgauge {

struct CommandResult {
  int exit_status = -1;  // -1: the shell did not run or did not exit by itself
  std::string output;    // standard output and standard error
};

// Runs `command` in a shell with `input` as its standard input, and waits until it ends.
CommandResult RunCommand(const std::string& command, const std::string& input = "");

// Whether the shell finds a program of this name.
bool HasProgram(const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_RUN_COMMAND_H_
