// SPDX-License-Identifier: Apache-2.0
#include "tui/sparkline.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace tcpgauge {
namespace {

constexpr const char* kUtf8Levels[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char* kAsciiLevels[] = {" ", ".", ":", "|", "#"};

}  // namespace

std::vector<std::string> Chart(const std::vector<double>& values, double full, int rows, int columns, bool utf8) {
  const char* const* levels = utf8 ? kUtf8Levels : kAsciiLevels;
  const int per_row = static_cast<int>(utf8 ? std::size(kUtf8Levels) : std::size(kAsciiLevels)) - 1;
  const size_t shown = std::min(values.size(), static_cast<size_t>(std::max(columns, 0)));

  std::vector<std::string> lines(static_cast<size_t>(std::max(rows, 0)),
                                 std::string(static_cast<size_t>(std::max(columns, 0)) - shown, ' '));
  for (size_t i = values.size() - shown; i < values.size(); ++i) {
    const double part = full > 0 ? std::clamp(values[i] / full, 0.0, 1.0) : 0;
    const int height = part > 0 ? std::max(1, static_cast<int>(std::lround(part * rows * per_row))) : 0;
    for (int row = 0; row < rows; ++row) {
      const int below = (rows - 1 - row) * per_row;
      lines[static_cast<size_t>(row)] += levels[std::clamp(height - below, 0, per_row)];
    }
  }
  return lines;
}

std::string Sparkline(const std::vector<double>& values, int columns, bool utf8) {
  const double highest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  return Chart(values, highest, 1, columns, utf8).front();
}

}  // namespace tcpgauge
