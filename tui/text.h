// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TEXT_H_
#define TCPGAUGE_TUI_TEXT_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Returns how many columns of the screen UTF-8 `text` takes. Counts one column for each code point, because the view
// writes no wider or combining characters.
int ColumnsOf(std::string_view text);

// Returns the longest beginning of UTF-8 `text` that takes at most `columns`. The result points into `text`.
std::string_view FirstColumns(std::string_view text, int columns);

// Returns the first `max_bytes` of `text`, with '?' in place of each byte that is not printable ASCII. Use it for text
// from outside, such as a DNS answer or an interface's name. Such text could move the cursor, or take more columns than
// ColumnsOf() says.
std::string Printable(std::string_view text, size_t max_bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TEXT_H_
