// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_
#define TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_

#include <string>

namespace tcpgauge {

// Returns the long name of the option that is most similar to `name`, both without leading dashes. Similarity is
// measured by the number of letters to insert, delete or replace. If `name` is a part of an option's name and has at
// least three letters, the two names count as one letter apart. Empty when no option is similar enough, or `name` has
// more than 64 letters.
std::string NearestOption(const std::string& name);

// Returns the name of the variable (EnvironmentName()) that is most similar to `name`, the name of a variable that
// begins with TCPGAUGE_. The rest of the two names is compared as NearestOption() compares, with letters of any case.
std::string NearestVariable(const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_
