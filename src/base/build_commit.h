// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_
#define TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_

#include <string>

namespace tcpgauge {

// The commit that this was built from, with "-dirty" when files were changed since; "unknown" when built outside of a
// checkout. Depend on it from main alone: whatever depends on it is linked anew with each commit.
std::string BuildCommit();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_
