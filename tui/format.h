// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_FORMAT_H_
#define TCPGAUGE_TUI_FORMAT_H_

#include <cstdint>
#include <string>

namespace tcpgauge {

// Numbers for people. They are rounded down, so that the unit changes exactly when the next one is reached, as in
// tcptrack. Beyond the first unit, numbers below ten have one digit after the point.

// The unit of rates. Bytes go in steps of 1024, as in tcptrack; bits go in steps of 1000, as in network hardware.
enum class RateUnit : uint8_t { kBytes, kBits };

// "980 B/s", "1.2 KB/s", "317 MB/s"; "7840 b/s" in bits. At most 9 columns up to 1000 TB/s.
std::string FormatRate(double bytes_per_second, RateUnit unit);

// "980 B", "1.2 KB", "317 MB". At most 7 columns up to 1000 PB.
std::string FormatBytes(uint64_t bytes);

// "5s", "59m", "99h", "400d": one unit. Days start at 100 hours. A negative time is "0s".
std::string FormatIdle(int64_t nanoseconds);

// "340us", "1.2ms", "85ms", "1.2s", "90s"; "-" when negative, which means unknown. At most 6 columns up to 99999s.
std::string FormatRtt(int64_t nanoseconds);

// "99999", "123K", "4.5M". At most 5 columns.
std::string FormatCount(uint64_t count);

// "42s", "5m12s", "3h07m", "12d04h": at most two units.
std::string FormatDuration(int64_t nanoseconds);

// "2023-11-14 22:13:20 UTC", from nanoseconds of the Unix epoch.
std::string FormatTime(int64_t unix_nanoseconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_FORMAT_H_
