// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_GZIP_H_
#define TCPGAUGE_SRC_BASE_GZIP_H_

#include <string>
#include <string_view>

namespace tcpgauge {

// Compresses `bytes` to one gzip member (RFC 1952 section 2.2). Empty `bytes` give a member too.
//
// Uses the fastest level, because expositions (see ARCHITECTURE.md) are so repetitive that the higher levels cost five
// times as much and save little. No other file includes libdeflate.h.
//
// Thread: any.
// Errors: returns an empty string when libdeflate gets no memory.
std::string Gzip(std::string_view bytes);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_GZIP_H_
