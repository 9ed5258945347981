// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STRINGS_H_
#define TCPGAUGE_SRC_BASE_STRINGS_H_

#include <string>
#include <string_view>
#include <vector>

namespace tcpgauge {

// abseil's string functions for std::string_view: Debian builds abseil with a string_view type of its own. All
// functions treat text as ASCII. Returned views point into `text`.

// `text` without the white space at both ends.
std::string_view Trim(std::string_view text);

std::string ToLower(std::string_view text);

bool StartsWith(std::string_view text, std::string_view prefix);

// The parts between separators. An empty text has one part, which is empty.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Like Split(), with each part trimmed.
std::vector<std::string_view> SplitAndTrim(std::string_view text, char separator);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STRINGS_H_
