// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_SPARKLINE_H_
#define TCPGAUGE_TUI_SPARKLINE_H_

#include <string>
#include <vector>

namespace tcpgauge {

// A chart of `values` in `rows` lines, the top line first, each `columns` wide. A value of `full` fills the height, and
// a value above zero is always visible. Each value takes one column; the newest are at the right edge, and values that
// do not fit are left out. With `utf8`, the steps are eighths of a line; otherwise quarters, in ASCII.
std::vector<std::string> Chart(const std::vector<double>& values, double full, int rows, int columns, bool utf8);

// A chart of one line, scaled to the highest of `values`.
std::string Sparkline(const std::vector<double>& values, int columns, bool utf8);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_SPARKLINE_H_
