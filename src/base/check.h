// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CHECK_H_
#define TCPGAUGE_SRC_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

// TCPGAUGE_CHECK(condition) stops the process with abort() if `condition` is false. Before that, it writes the file,
// the line and the condition to standard error.
//
// Use it only for invariants of our own code. Packet bytes, options and data from the network must never make the
// condition false: wrong input is an error, which the code must handle.
#define TCPGAUGE_CHECK(condition)                                                            \
  do {                                                                                       \
    if (__builtin_expect(!(condition), 0)) {                                                 \
      std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)

#endif  // TCPGAUGE_SRC_BASE_CHECK_H_
