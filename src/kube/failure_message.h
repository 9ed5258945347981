// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_
#define TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_

#include <cstddef>
#include <string>

namespace tcpgauge {

constexpr size_t kMaxFailureMessageBytes = 300;

// Returns what an answer that is no success says: the member `message` of an object of kind Status, or the beginning of
// any other body. At most kMaxFailureMessageBytes. Text from the server: it is untrusted, and may be cut within a
// character.
std::string FailureMessage(const std::string& body);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_
