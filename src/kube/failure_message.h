// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_
#define TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_

#include <cstddef>
#include <string>

namespace tcpgauge {

constexpr size_t kMaxFailureMessageBytes = 300;

// Returns the error message in `body`, the body of an answer with an error status. If the body is a JSON object with a
// text `message`, as the API's kind Status is, returns this text. Otherwise returns the beginning of the body. The
// message has at most kMaxFailureMessageBytes, and may be cut within a character. The server wrote it, so do not trust
// it.
std::string FailureMessage(const std::string& body);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_FAILURE_MESSAGE_H_
