// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_KUBE_TRANSPORT_H_
#define TCPGAUGE_SRC_KUBE_KUBE_TRANSPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"

namespace tcpgauge {

// The head of an answer of the Kubernetes API. If the status is not 200, also a message that says why.
struct KubeAnswer {
  int status = 0;                              // the HTTP status code
  std::optional<int64_t> retry_after_seconds;  // of an answer other than 200; see HttpAnswer
  std::string message;                         // of an answer other than 200; at most 500 bytes, and untrusted
};

// Sends GET requests to a Kubernetes API server, and waits. Tests replace it, so that an hour passes in a millisecond.
//
// Thread: confined to the thread that calls the API.
// Time: all durations are steady.
class KubeTransport : public AnswerBody {
 public:
  // How long Get() and Next() wait before they give up the request.
  struct Patience {
    int64_t silence_ns = 0;  // without a byte of the answer
    int64_t whole_ns = 0;    // from the request to the end of the answer
  };

  // Requests `path_and_query`, and waits for the head of the answer. With status 200, Next() then returns the body.
  // Any other answer has no body to read. Ends an earlier request that is not complete.
  //
  // Errors: kCancelled when the agent stops. kDeadlineExceeded when a time of `patience` has passed.
  // kFailedPrecondition when the token or the certificates cannot be read. kUnavailable for any other failure.
  virtual absl::StatusOr<KubeAnswer> Get(const std::string& path_and_query, const Patience& patience) = 0;

  // See AnswerBody. Errors: those of Get() except kFailedPrecondition.
  absl::StatusOr<std::string> Next() override = 0;

  // Waits for `ns` nanoseconds. Ends an earlier request that is not complete. Returns false at once when the agent
  // stops.
  virtual bool Pause(int64_t ns) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_KUBE_TRANSPORT_H_
