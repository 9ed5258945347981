// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_JSON_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_JSON_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {

// An identity map as JSON text, so that the names of a host can be kept beside its capture files, and edited by hand.
// docs/identity_file.md describes the form to users. A text of another version is refused. So is an unknown member,
// because otherwise nobody would notice a misspelt one.
//
// Thread: any thread may call these functions.

// Returns `map` as JSON text, without the accept queues. Each entry has a line of its own. Entries are sorted by
// address and port.
std::string IdentityJson(const IdentityMap& map);

// Reads the text that IdentityJson() returns. The identities of the map get new numbers, which start at 1.
//
// Bounds: at most max_endpoints addresses, sockets and ports together, 65,536 shared addresses, 65,536 local addresses,
// and 16 KiB for a text or a number. Errors: those of `body`. Otherwise kInvalidArgument. The message begins with the
// line: "line 3: …". It says what is wrong there and what would be right.
absl::StatusOr<std::shared_ptr<const IdentityMap>> ReadIdentityJson(AnswerBody* body, size_t max_endpoints);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_JSON_H_
