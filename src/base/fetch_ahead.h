// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_FETCH_AHEAD_H_
#define TCPGAUGE_SRC_BASE_FETCH_AHEAD_H_

namespace tcpgauge {

// Brings the cache line of `address` closer, to be read or written soon. Any address will do.
inline void FetchAhead(const void* address) {
  __builtin_prefetch(address, 1);
  // gcc takes a function that does nothing but fetch ahead for one without effect, and leaves calls of it out.
  asm volatile("");
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_FETCH_AHEAD_H_
