// SPDX-License-Identifier: Apache-2.0
#include "tui/text.h"

#include <algorithm>

namespace tcpgauge {
namespace {

bool StartsCodePoint(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

}  // namespace

int ColumnsOf(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), StartsCodePoint));
}

std::string_view FirstColumns(std::string_view text, int columns) {
  size_t end = 0;
  for (; end < text.size(); ++end) {
    if (StartsCodePoint(text[end]) && columns-- <= 0) break;
  }
  return text.substr(0, end);
}

std::string Printable(std::string_view text, size_t max_bytes) {
  std::string printable(text.substr(0, max_bytes));
  std::replace_if(
      printable.begin(), printable.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return printable;
}

}  // namespace tcpgauge
