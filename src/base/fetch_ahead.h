// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_FETCH_AHEAD_H_
#define TCPGAUGE_SRC_BASE_FETCH_AHEAD_H_

namespace tcpgauge {

// Starts to load the cache line of `address` into the cache, for a read or write that follows soon. Does not wait until
// the line is loaded. `address` may be null or invalid.
inline void FetchAhead(const void* address) {
  __builtin_prefetch(address, 1);
  // Without the asm, gcc considers a function that only prefetches to be pure and drops calls to it.
  asm volatile("");
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_FETCH_AHEAD_H_
