// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CHECK_H_
#define TCPGAUGE_SRC_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

// TCPGAUGE_CHECK(condition) stops the process when one of our own invariants is broken. Never reachable from packet
// bytes, options or the network: those are errors, not broken invariants.
#define TCPGAUGE_CHECK(condition)                                                            \
  do {                                                                                       \
    if (__builtin_expect(!(condition), 0)) {                                                 \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)

#endif  // TCPGAUGE_SRC_BASE_CHECK_H_
