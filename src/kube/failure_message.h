// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_
#define TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_

#include <cstddef>
#include <string>

namespace tcpgauge {

constexpr size_t kMaxFailureMessageBytes = 300;

// Returns the error message in `body`, the body of an answer with an error status: the member `message` of an object of
// kind Status, or the beginning of any other body. The message has at most kMaxFailureMessageBytes, and may be cut
// within a character. It is not trusted, because the server wrote it.
std::string FailureMessage(const std::string& body);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_
