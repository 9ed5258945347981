// SPDX-License-Identifier: Apache-2.0
#include "tui/frame.h"

#include <algorithm>

#include "tui/text.h"

namespace tcpgauge {

void Line::Append(std::string_view text, Style style) {
  if (text.empty()) return;
  if (spans_.empty() || spans_.back().style != style) spans_.push_back({std::string(), style});
  spans_.back().text.append(text);
  width_ += ColumnsOf(text);
}

void Line::Put(int column, std::string_view text, Style style) {
  if (column > width_) Append(std::string(static_cast<size_t>(column - width_), ' '), fill_);
  Append(text, style);
}

void Line::FitTo(int columns) {
  int left = std::max(columns, 0);
  size_t kept = 0;
  for (; kept < spans_.size() && left > 0; ++kept) {
    std::string& text = spans_[kept].text;
    text = std::string(FirstColumns(text, left));
    left -= ColumnsOf(text);
  }
  spans_.resize(kept);
  width_ = std::max(columns, 0) - left;
  Append(std::string(static_cast<size_t>(left), ' '), fill_);
}

}  // namespace tcpgauge
