// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_GZIP_H_
#define TCPGAUGE_SRC_BASE_GZIP_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// `bytes` as one gzip member (RFC 1952), at the fastest level: expositions repeat themselves so much that the higher
// levels cost five times as much for little. Empty when there is no memory to do it. The only home of libdeflate.h.
std::string Gzip(std::string_view bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_GZIP_H_
