// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_COMMAND_LINE_H_
#define TCPGAUGE_SRC_OPTIONS_COMMAND_LINE_H_

#include <functional>
#include <string>
#include <variant>

#include "src/options/options.h"

namespace tcpgauge {

// A text to print on standard output instead of running. The exit status is 0.
struct Answer {
  std::string text;
};

// A wrong command line or environment: one line without its newline, to print on standard error. The exit status is 2.
// The line starts with the name of the program, names the option or variable and the value, and says what would be
// right.
struct UsageError {
  std::string message;
};

using CommandLine = std::variant<Options, Answer, UsageError>;

// Like std::getenv: returns the value of an environment variable, or null.
using Environment = std::function<const char*(const char* name)>;

// Reads the command line, and the environment for the options that the command line does not give. Checks everything
// that can be checked without touching an interface, a file or a socket.
//
// When the last part of argv[0] is "tcptrack", the defaults are tcptrack's: top view, no listener, an interface must be
// named, and with both -i and -T the file is read.
//
// Thread: one at a time, because getopt_long() keeps its state in global variables.
//
// `version_text` is what --version prints.
CommandLine ParseCommandLine(int argc, const char* const* argv, const Environment& environment,
                             const std::string& version_text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_COMMAND_LINE_H_
