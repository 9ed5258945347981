// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_TEXT_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "src/naming/end_identity.h"

namespace tcpgauge {

// Thread: any thread may call these functions.

// Returns the name that a list shows for an end: "NAMESPACE/NAME", or "NAME" without a namespace. NAME is the first of
// these that is known: the pod, the workload, the container, the service. Returns an empty text if none of the four is
// known. The text holds only the characters of IsName() and at most one slash.
std::string ShownName(const EndIdentity& identity);

// The mark after the kind of a workload whose name is a guess (see EndIdentity::is_guess).
constexpr std::string_view kGuessMark = "(guess)";

// Returns the kind of the workload as outputs show it, for example "Deployment" or "Deployment(guess)". Empty if the
// kind is unknown.
std::string WorkloadKindText(const EndIdentity& identity);

// The most bytes of EndIdentity::comm that are read and shown. In Linux, the name of a process has at most 15 bytes,
// and that of a kernel thread at most 63.
constexpr size_t kMaxCommBytes = 64;

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_TEXT_H_
