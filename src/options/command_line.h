// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_COMMAND_LINE_H_
#define TCPGAUGE_SRC_OPTIONS_COMMAND_LINE_H_

#include <functional>
#include <string>
#include <variant>

#include "src/options/options.h"

namespace tcpgauge {

// The answer to --help or --version. The program prints `text` on standard output and ends with exit status 0.
struct Answer {
  std::string text;
};

// A wrong command line or environment. The program prints `message` on standard error and ends with exit status 2.
// `message` is one line, without a newline. It starts with the name of the program, names the option or variable and
// the value, and says what would be right.
struct UsageError {
  std::string message;
};

using CommandLine = std::variant<Options, Answer, UsageError>;

// Like std::getenv: returns the value of an environment variable, or null if it is not set.
using Environment = std::function<const char*(const char* name)>;

// Parses the command line. For the options that it does not give, parses the environment (see EnvironmentName()).
// Checks every value, except what Options marks with "not yet". Touches no interface, file or socket. `version_text` is
// what --version prints.
//
// Defaults depend on other options and on the name of the program:
//
// - When the command line gives --interface, --read or --attach, the environment's interface, file and address of an
//   agent are ignored, and so are its values of all options that can have no effect then (see CanHaveEffect()). To give
//   such an option on the command line is an error.
// - When a file is read, or with --attach, the level of names is off. With a file, to ask for another level is an
//   error. With --read or --attach on the command line, the environment's level is ignored.
// - KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT and NODE_NAME are variables of a pod. The first two stand for
//   --identity.api, and the third for --identity.node, if the option is not given.
// - With --output, HTTP is off unless an address is given, and the top view is off. To ask for the top view is an
//   error.
// - With --attach, the top view is on. To turn it off is an error.
// - With --web.systemd-socket, there is no address to listen on. To give one is an error.
// - When the last part of argv[0] is "tcptrack", the defaults are tcptrack's: the top view is on, HTTP is off, an
//   interface or a file must be named, and with both -i and -T the file is read.
//
// Thread: one thread at a time, because getopt_long() keeps its state in global variables.
CommandLine ParseCommandLine(int argc, const char* const* argv, const Environment& environment,
                             const std::string& version_text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_COMMAND_LINE_H_
