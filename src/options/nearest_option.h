// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_
#define TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_

#include <string>

namespace tcpgauge {

// Returns the long name of the option that is most similar to `name`, both without leading dashes. Similarity is
// measured by the number of letters to insert, delete or replace. If `name` is a part of an option's name and has at
// least three letters, this number counts as one. Returns an empty text if no option is near enough: the number must be
// at most 2, or at most a third of the letters of `name`. Returns an empty text, too, if `name` has more than 64
// letters.
std::string NearestOption(const std::string& name);

// Like NearestOption(), for the variables of options (EnvironmentName()). Compares what follows TCPGAUGE_ in both
// names, without regard to case. REQUIRES: `name` begins with TCPGAUGE_.
std::string NearestVariable(const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_
