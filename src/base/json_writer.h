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

// Appends the parts of one JSON text, fast enough for answers with thousands of objects. The caller writes braces,
// names and commas with Raw(); text that may need escapes goes through JsonString() first.
class JsonWriter {
 public:
  // `reserve_bytes`: the expected length of the text.
  explicit JsonWriter(size_t reserve_bytes) { text_.reserve(reserve_bytes); }

  JsonWriter& Raw(std::string_view text) {
    text_ += text;
    return *this;
  }

  // The shortest text that parses to the same number. REQUIRES: `number` is finite.
  template <typename Number>
  JsonWriter& Value(Number number) {
    char buffer[32];
    text_.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr);
    return *this;
  }

  // `nanoseconds` as seconds with nine decimals. Exact; a double cannot hold the nanoseconds of present-day dates.
  JsonWriter& Seconds(int64_t nanoseconds);

  // Returns the text, and leaves the writer empty.
  std::string Take() { return std::exchange(text_, std::string()); }

 private:
  std::string text_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_JSON_WRITER_H_
