// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STRINGS_H_
#define TCPGAUGE_SRC_BASE_STRINGS_H_

#include <string>
#include <string_view>
#include <vector>

namespace tcpgauge {

// abseil's string functions with std::string_view. They are wrapped because Debian's abseil uses a string_view type of
// its own.
//
// White space and letters are those of ASCII; other bytes are left as they are. Returned views point into `text`.
// Thread: any.

// Returns `text` without the white space at both ends.
std::string_view Trim(std::string_view text);

// Returns a copy of `text` with its letters in lower case.
std::string ToLower(std::string_view text);

// Whether `text` starts with `prefix`, in the same letter case. Every text starts with an empty prefix.
bool StartsWith(std::string_view text, std::string_view prefix);

// Returns the parts of `text` between separators. Parts may be empty. An empty text has one empty part, but a
// default-constructed string_view has no part.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Like Split(), but applies Trim() to each part.
std::vector<std::string_view> SplitAndTrim(std::string_view text, char separator);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STRINGS_H_
