// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CHECK_H_
#define TCPGAUGE_SRC_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

// TCPGAUGE_CHECK(condition) stops the process when one of our own invariants is broken. Packet bytes, options and the
// network must not reach it: wrong input is an error, not a broken invariant.
#define TCPGAUGE_CHECK(condition)                                                            \
  do {                                                                                       \
    if (__builtin_expect(!(condition), 0)) {                                                 \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)

#endif  // TCPGAUGE_SRC_BASE_CHECK_H_
