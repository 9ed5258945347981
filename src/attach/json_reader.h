// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_JSON_READER_H_
#define TCPGAUGE_SRC_ATTACH_JSON_READER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/attach/answer_body.h"
#include "src/attach/json_scalar.h"

namespace tcpgauge {

// Gets the values of a JSON text in their order. A key is empty in an array and at the top. Keys and texts are valid
// during the call. An error ends the reading.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  // An object or an array begins. If the result is false, the visitor hears neither of its content nor of its end.
  virtual absl::StatusOr<bool> Enter(std::string_view key, bool is_object) = 0;
  // The innermost object or array that was entered, and is still open, ends.
  virtual absl::Status Leave() = 0;
  virtual absl::Status Take(std::string_view key, const JsonScalar& value) = 0;
};

// The most that ReadJson() accepts.
struct JsonBounds {
  size_t bytes = 0;
  size_t token_bytes = 0;  // of a number or a text, with the white space before it
  size_t depth = 0;        // of objects and arrays in one another
};

// Reads one JSON text (RFC 8259) from `body`, and passes its values to `visitor` while the body arrives.
//
// A name that stands twice in an object is passed twice.
//
// Thread: any.
// Bounds: besides the piece of the body at hand, takes at most 64 times bounds.token_bytes of memory: twice for a
// token, twice for its text, and the rest for the parser's own message, which escapes an unexpected token and is not
// used. The time is proportional to the length of the text. Errors: those of `body` and of `visitor`.
// kResourceExhausted when the text exceeds `bounds`. kInvalidArgument when the text is not JSON. The messages say that
// the answer of an agent is wrong, and contain no part of it.
absl::Status ReadJson(AnswerBody* body, const JsonBounds& bounds, JsonVisitor* visitor);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_JSON_READER_H_
