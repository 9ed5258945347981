// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_OBJECT_BODY_H_
#define TCPGAUGE_SRC_KUBE_OBJECT_BODY_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "src/json/answer_body.h"

namespace tcpgauge {

// Returns the pieces of a body, and limits how many bytes come without a complete object. Without the limit, a server
// that sends blanks without end would keep a processor busy for as long as the request may take.
//
// Thread: confined to the thread of the body.
// Bounds: at most kMaxBytes and one piece without a complete object. The largest object that etcd stores has 1.5 MiB,
// and at most 9 MiB as JSON.
class ObjectBody final : public AnswerBody {
 public:
  static constexpr size_t kMaxBytes = 16 << 20;

  // `body` must outlive the object.
  explicit ObjectBody(AnswerBody* body) : body_(*body) {}

  // Errors: those of the body, and kResourceExhausted after kMaxBytes without an object.
  absl::StatusOr<std::string> Next() override {
    if (bytes_ > kMaxBytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", kMaxBytes >> 20, " MiB of the answer came without a complete object"));
    }
    absl::StatusOr<std::string> piece = body_.Next();
    if (piece.ok()) bytes_ += piece->size();
    return piece;
  }

  // Begins to count anew. Call it when an object is complete.
  void NoteObject() { bytes_ = 0; }

 private:
  AnswerBody& body_;
  size_t bytes_ = 0;  // since the last object
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_OBJECT_BODY_H_
