// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TEXT_H_
#define TCPGAUGE_TUI_TEXT_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// The columns of UTF-8 `text`, one for each code point. That is true of all text that the view writes.
int ColumnsOf(std::string_view text);

// The beginning of UTF-8 `text` that takes at most `columns`.
std::string_view FirstColumns(std::string_view text, int columns);

// The first `max_bytes` of a text from outside (a DNS answer, an interface's name). '?' replaces every byte that is not
// printable ASCII, so that the text can neither move the cursor nor take more columns than were counted.
std::string Printable(std::string_view text, size_t max_bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TEXT_H_
