// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_WATCHED_H_
#define TCPGAUGE_SRC_OPTIONS_WATCHED_H_

#include <cstdint>
#include <string_view>

namespace tcpgauge {

// What a command line asks to watch.
enum class Watched : uint8_t {
  kInterfaces,  // neither --read nor --attach is given
  kFile,        // --read
  kElsewhere,   // --attach: what another agent captures, with that agent's options
};

// Whether the option with this long name can have an effect on what is watched so. An option that has an effect only
// beside a further option counts as one that can have an effect. Exceptions: --metrics.new-connections and
// --metrics.new-edges count so too with kFile. They bound what begins within a minute, and a file is shown only once.
//
// A new option has no effect with kElsewhere, and has one otherwise, unless the lists in watched.cc say something else.
bool CanHaveEffect(std::string_view long_name, Watched watched);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_WATCHED_H_
