// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_SPARKLINE_H_
#define TCPGAUGE_TUI_SPARKLINE_H_

#include <string>
#include <vector>

namespace tcpgauge {

// Draws `values`, the oldest first, as a chart of bars. Returns `rows` lines, the top line first, each `columns` wide.
// - Each value takes one column. The newest is at the right edge. If there are more than `columns` values, the oldest
//   are left out.
// - A value of `full` or more fills the height. Every value above 0 is visible. If `full` is 0, the chart is blank.
// - With `utf8`, the heights are in steps of an eighth of a line. Otherwise the steps are quarters, and the text is
//   ASCII.
std::vector<std::string> Chart(const std::vector<double>& values, double full, int rows, int columns, bool utf8);

// Draws `values` as a chart of one line, in which the highest value fills the height.
std::string Sparkline(const std::vector<double>& values, int columns, bool utf8);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_SPARKLINE_H_
