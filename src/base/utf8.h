// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_UTF8_H_
#define TCPGAUGE_SRC_BASE_UTF8_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// `text` with each byte that is not part of well-formed UTF-8 (RFC 3629 section 4) replaced by U+FFFD. Interface and
// file names may hold any bytes, but one label value that is not UTF-8 makes Prometheus refuse the whole exposition.
std::string ToValidUtf8(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_UTF8_H_
