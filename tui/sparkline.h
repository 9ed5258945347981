// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_SPARKLINE_H_
#define TCPGAUGE_TUI_SPARKLINE_H_

#include <string>
#include <vector>

namespace tcpgauge {

// Values, none of them negative, as a chart of `rows` lines, the top one first, scaled so that `full` fills it: one
// column for each value, at the right of `columns`. In eighths of a line with `utf8`, else in ASCII. What is above zero
// is always visible.
std::vector<std::string> Chart(const std::vector<double>& values, double full, int rows, int columns, bool utf8);

// A chart of one line, scaled to its own highest value.
std::string Sparkline(const std::vector<double>& values, int columns, bool utf8);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_SPARKLINE_H_
