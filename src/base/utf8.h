// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_UTF8_H_
#define TCPGAUGE_SRC_BASE_UTF8_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Returns `text` as well-formed UTF-8 (RFC 3629 section 4): U+FFFD replaces each byte that is part of no well-formed
// sequence. Interface and file names may hold any bytes, but a single label value that is not UTF-8 makes Prometheus
// refuse everything that the agent exports.
// Thread: any.
std::string ToValidUtf8(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_UTF8_H_
