// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_JSON_WRITER_H_
#define TCPGAUGE_SRC_BASE_JSON_WRITER_H_

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tcpgauge {

// Builds one JSON text by appending to a string, fast enough for answers with thousands of objects. The writer does not
// check the syntax: the caller appends braces, names and commas with Raw(). Text that may need escapes must go through
// JsonString() first.
//
// Thread: one thread at a time.
// Bounds: none; the string grows with the text.
class JsonWriter {
 public:
  // Reserves memory for a text of `reserve_bytes`. The text may become longer.
  explicit JsonWriter(size_t reserve_bytes) { text_.reserve(reserve_bytes); }

  // Appends `text` unchanged.
  JsonWriter& Raw(std::string_view text) {
    text_ += text;
    return *this;
  }

  // Appends the shortest text that parses to the same number. `Number` is an integer or floating-point type.
  // REQUIRES: `number` is finite.
  template <typename Number>
  JsonWriter& Value(Number number) {
    char buffer[32];
    text_.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr);
    return *this;
  }

  // Appends `nanoseconds` as seconds with nine decimals, for example "1.500000000". The text is exact, whereas a double
  // cannot hold the nanoseconds of present-day dates. REQUIRES: nanoseconds > INT64_MIN.
  JsonWriter& Seconds(int64_t nanoseconds);

  size_t size() const { return text_.size(); }  // of the text so far, in bytes

  // Returns the text. The writer is empty afterwards and may be used again.
  std::string Take() { return std::exchange(text_, std::string()); }

 private:
  std::string text_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_JSON_WRITER_H_
