// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_
#define TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/options/options.h"

namespace tcpgauge {

// One option: everything that parsing, the environment and the help text know of it. To add an option, add its field to
// Options and its row to the table.
struct OptionSpec {
  enum class Kind {
    kFlag,      // --name, or --name=false
    kValue,     // given twice, the last counts
    kRepeated,  // all count; in the environment separated by commas
    kQuestion,  // answered by text instead of a run: --help, --version; not in the environment
  };

  const char* group;      // heading in the help text
  char short_name;        // 0 = none
  const char* long_name;  // without the dashes
  Kind kind;
  const char* value_name;    // for the help text; "" where the kind takes no value
  const char* meaning;       // for the help text, one sentence without a full stop
  const char* default_text;  // for the help text; "" = nothing to say

  // Takes one value into `options`, or says what is wrong with it. For kFlag "true" or "false". With kRepeated called
  // once for each value, on an empty list. Null for kQuestion.
  absl::Status (*take)(const std::string& value, Options* options);
  // With kRepeated: empties the list.
  void (*clear)(Options* options);
};

// All options, in the order of the help text.
absl::Span<const OptionSpec> OptionTable();

// TCPGAUGE_ and the long name in capitals, `.` and `-` as `_`.
std::string EnvironmentName(const OptionSpec& spec);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTION_TABLE_H_
