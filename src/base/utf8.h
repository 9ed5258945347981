// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_UTF8_H_
#define TCPGAUGE_SRC_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace tcpgauge {

// Thread: any thread may call these functions.

// Returns the length of the well-formed UTF-8 sequence (RFC 3629 section 4) that `text` begins with: 1 to 4 bytes.
// Returns 0 if `text` is empty or does not begin with such a sequence.
size_t Utf8SequenceLength(std::string_view text);

// Returns `text` as well-formed UTF-8 (RFC 3629 section 4): U+FFFD replaces each byte that is part of no well-formed
// sequence. Interface and file names may hold any bytes, but a single label value that is not UTF-8 makes Prometheus
// refuse everything that the agent exports.
std::string ToValidUtf8(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_UTF8_H_
