// SPDX-License-Identifier: Apache-2.0
#include "tests/support/run_command.h"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {

CommandResult RunCommand(const std::string& command, const std::string& input) {
  const ScratchDirectory directory;
  const std::string file = directory.path() + "/input";
  std::ofstream(file) << input;
  CommandResult result;
  FILE* pipe = popen(("{ " + command + "\n} <" + file + " 2>&1").c_str(), "re");
  if (pipe == nullptr) return result;
  for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) result.output.push_back(static_cast<char>(c));
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
  return result;
}

bool HasProgram(const std::string& name) { return RunCommand("command -v " + name).exit_status == 0; }

}  // namespace tcpgauge
