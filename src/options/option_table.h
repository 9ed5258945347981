// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_
#define TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/options/options.h"

namespace tcpgauge {

// One option: everything that parsing, the environment and the help text need. To add an option, add its field to
// Options and its row to the table.
struct OptionSpec {
  enum class Kind {
    kFlag,      // --name, or --name=false
    kValue,     // the last one given counts
    kRepeated,  // all that are given count; in the environment, commas separate them
    kQuestion,  // prints a text instead of running (--help, --version); not in the environment
  };

  const char* group;      // heading in the help text
  char short_name;        // 0 = none
  const char* long_name;  // without the dashes
  Kind kind;
  const char* value_name;    // for the help text; "" where the kind takes no value
  const char* meaning;       // for the help text; begins in lower case, has no full stop at its end
  const char* default_text;  // for the help text; "" = no default to show

  // Stores one value in `options`, or returns what is wrong with the value. The value of a kFlag without `=` is "true".
  // A kRepeated is cleared first, and then takes one value after the other. Null for kQuestion.
  absl::Status (*take)(const std::string& value, Options* options);
  // Empties the list of a kRepeated. Null for the other kinds.
  void (*clear)(Options* options);
};

// All options, in the order of the help text.
absl::Span<const OptionSpec> OptionTable();

// TCPGAUGE_ and the long name in capitals, `.` and `-` as `_`.
std::string EnvironmentName(const OptionSpec& spec);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_
