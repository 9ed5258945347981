// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_GZIP_H_
#define TCPGAUGE_SRC_BASE_GZIP_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// `bytes` as one gzip member (RFC 1952), or empty when memory is exhausted. Uses the fastest level: expositions are so
// repetitive that the higher levels cost five times as much and save little. The only home of libdeflate.h.
// Thread: any.
std::string Gzip(std::string_view bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_GZIP_H_
