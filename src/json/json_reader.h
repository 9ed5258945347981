// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_JSON_JSON_READER_H_
#define TCPGAUGE_SRC_JSON_JSON_READER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/json/answer_body.h"
#include "src/json/json_scalar.h"

namespace tcpgauge {

// Receives the values of a JSON text in their order. `key` is the name of a value in its object. It is empty in an
// array and at the top. Keys and texts are valid during the call only. An error that a method returns ends the reading.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  // Called at the beginning of an object or an array. If the result is false, ReadJson() skips the content of the
  // object or array, and does not call Leave() for it.
  virtual absl::StatusOr<bool> Enter(std::string_view key, bool is_object) = 0;
  // Called at the end of the innermost object or array for which Enter() returned true.
  virtual absl::Status Leave() = 0;
  // Called for each value that is neither an object nor an array.
  virtual absl::Status Take(std::string_view key, const JsonScalar& value) = 0;
};

// What ReadJson() says in the messages of its errors.
struct JsonSource {
  const char* name;      // of the text, such as "the agent's answer"
  const char* not_json;  // the whole message when the text is not JSON
};

// The most that ReadJson() accepts. `token_bytes` and `bytes_between` are checked between two pieces of the body, so
// the text may exceed them by up to the length of a piece.
struct JsonBounds {
  size_t bytes = 0;        // of the whole text
  size_t token_bytes = 0;  // of a number, a text or another token, with the white space before it
  size_t depth = 0;        // how deep objects and arrays may be nested
  // Of what stands between two numbers or texts: brackets, commas, white space, true, false and null. Keys are texts.
  // The parser keeps all of it until the next number or text.
  size_t bytes_between = 1 << 20;
};

// Reads one JSON text (RFC 8259) from `body`, and passes its values to `visitor` while the body arrives. A name that
// occurs twice in an object is passed twice.
//
// Thread: any.
// Bounds: besides the piece of the body at hand, takes memory of at most 64 times the greater one of bounds.token_bytes
// and bounds.bytes_between. The parser holds a token as it was written and as it was understood. Both are strings that
// grow by doubling, so each takes up to twice the token's length. The rest is for an error message that the parser
// makes and nobody uses: it has an escaped copy of what the parser has kept. The time is proportional to the length of
// the text.
//
// Errors: those of `body` and of `visitor`. kResourceExhausted when the text exceeds `bounds`. kInvalidArgument when
// the text is not JSON. The messages of these two are in the words of `source`, and contain no part of the text.
absl::Status ReadJson(AnswerBody* body, const JsonSource& source, const JsonBounds& bounds, JsonVisitor* visitor);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_JSON_JSON_READER_H_
