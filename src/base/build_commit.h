// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_
#define TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_

#include <string>

namespace tcpgauge {

// Returns the git commit that the binary was built from, as at least 12 hexadecimal digits. A source package has the
// commit in its file COMMIT.
//
// - "-dirty" is appended when the checkout had changes that were not committed.
// - "unknown" is returned when there is no file COMMIT, and either no checkout or no git.
//
// Call it only from src/agent, because each new commit relinks everything that depends on this target.
std::string BuildCommit();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_BUILD_COMMIT_H_
