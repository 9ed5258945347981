// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_AVERAGING_H_
#define TCPGAUGE_TUI_AVERAGING_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace tcpgauge {

// The time over which the shown rates are averages. The key `a` steps through the values in the sequence of this enum.
enum class Averaging : uint8_t { kRateWindow, kTwoSeconds, kTenSeconds, kFortySeconds, kLifetime, kCount };

struct AveragingLook {
  int seconds;            // 0: not a fixed number of seconds
  std::string_view text;  // in the titles of columns
};

// In the order of Averaging. The seconds are those of iftop(8).
constexpr AveragingLook kAveragingLooks[] = {{0, ""}, {2, "2s"}, {10, "10s"}, {40, "40s"}, {0, "life"}};
static_assert(std::size(kAveragingLooks) == static_cast<size_t>(Averaging::kCount), "a look for each");

constexpr AveragingLook LookOf(Averaging averaging) { return kAveragingLooks[static_cast<size_t>(averaging)]; }

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_AVERAGING_H_
