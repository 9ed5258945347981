// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_
#define TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_

#include <string>

namespace tcpgauge {

// The commit that the binary was built from, with "-dirty" when files had been changed; "unknown" when it was built
// outside of a checkout. Depend on it from src/agent alone: each new commit relinks whatever depends on it.
std::string BuildCommit();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_
