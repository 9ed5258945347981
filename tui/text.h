// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TEXT_H_
#define TCPGAUGE_TUI_TEXT_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Columns that UTF-8 `text` takes, when each of its code points takes one: so it is with all that the view writes.
int ColumnsOf(std::string_view text);

// The part of UTF-8 `text` that fills at most `columns`.
std::string_view FirstColumns(std::string_view text, int columns);

// Text from outside (a DNS answer, an interface's name) with every byte that is not printable ASCII as '?', so that it
// can neither move the cursor nor take a width that we did not count. At most `max_bytes`.
std::string Printable(std::string_view text, size_t max_bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TEXT_H_
