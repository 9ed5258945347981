// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_
#define TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_

#include <string>

namespace tcpgauge {

// The long name, without dashes, of the option that is most similar to `name`. Empty when no option is similar enough.
std::string NearestOption(const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_NEAREST_OPTION_H_
