// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_
#define TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/options/options.h"

namespace tcpgauge {

// One option: what the command line, the environment and the help text need. To add an option, add a field to Options
// and a row to the table.
struct OptionSpec {
  enum class Kind {
    kFlag,      // --name, or --name=false; if given several times, the last one counts
    kValue,     // --name VALUE; if given several times, the last one counts
    kOptional,  // --name or --name=VALUE; --name VALUE if VALUE is the address of an agent; the last one counts
    kRepeated,  // --name VALUE; all values count; in the environment, commas separate them
    kQuestion,  // prints a text instead of running (--help, --version); not in the environment
  };

  const char* group;      // heading in the help text
  char short_name;        // 0 = none
  const char* long_name;  // without the dashes
  Kind kind;
  const char* value_name;    // for the help text, as in "FILE"; "" if the kind takes no value
  const char* meaning;       // for the help text; begins in lower case, and has no full stop at its end
  const char* default_text;  // the default as the help text and Options::effective show it; "" = no default to show

  // Parses `value` and stores it in `options`; a kRepeated appends it. Errors: kInvalidArgument, which says what is
  // wrong with the value and does not name the option. For a kFlag without `=`, `value` is "true". For a kOptional
  // without a value, `value` is empty. For a kQuestion, `take` is null.
  absl::Status (*take)(const std::string& value, Options* options);
  // Empties the list of a kRepeated in `options`. Call it before the first `take`, because given values replace the
  // default. Null for the other kinds.
  void (*clear)(Options* options);
};

// Returns all options, in the order of the help text. The rows live for ever.
absl::Span<const OptionSpec> OptionTable();

// Returns the name of the environment variable that sets the option: TCPGAUGE_ and the long name in capitals, with _
// for `.` and `-`.
std::string EnvironmentName(const OptionSpec& spec);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_
