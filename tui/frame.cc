// SPDX-License-Identifier: Apache-2.0
#include "tui/frame.h"

#include <algorithm>
#include <utility>

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
  if (bar_columns_ > 0) DrawBar();
}

void Line::DrawBar() {
  int left = bar_columns_;
  std::vector<Span> spans;
  for (const Span& span : spans_) {
    const std::string in_bar(FirstColumns(span.text, left));
    left -= ColumnsOf(in_bar);
    if (!in_bar.empty()) spans.push_back({in_bar, span.style, true});
    if (in_bar.size() < span.text.size()) spans.push_back({span.text.substr(in_bar.size()), span.style, false});
  }
  spans_ = std::move(spans);
}

}  // namespace tcpgauge
