// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_FORMAT_H_
#define TCPGAUGE_TUI_FORMAT_H_

#include <cstdint>
#include <string>

namespace tcpgauge {

// Functions that write numbers for people, in ASCII. They round down, so that the unit changes exactly when the next
// unit is reached, as in tcptrack. In rates, shares, bytes, times of FormatRtt() and counts, a number below ten has one
// digit after the point, except 0 and numbers in the smallest unit. The comment of each function begins with examples
// of its results.

// The unit of rates. Bytes go in steps of 1024, as in tcptrack. Bits go in steps of 1000, as in network hardware.
enum class RateUnit : uint8_t { kBytes, kBits };

// Returns "980 B/s", "1.2 KB/s", "317 MB/s"; in bits, "980 b/s", "7.8 Kb/s". Writes a negative rate and NaN as 0. At
// most 9 characters up to 1000 TB/s.
std::string FormatRate(double bytes_per_second, RateUnit unit);

// The same without "/s", for a column whose title has it: "980 B", "1.2 KB", "317 MB". At most 7 characters up to 1000
// TB/s.
std::string FormatShortRate(double bytes_per_second, RateUnit unit);

// Returns "0%", "<.1%", "0.3%", "12%", "100%". `share` is from 0 to 1. At most 4 characters.
std::string FormatPercent(double share);

// Returns "980 B", "1.2 KB", "317 MB". At most 7 characters up to 1000 PB, and at most 8 above.
std::string FormatBytes(uint64_t bytes);

// Returns "5s", "59m", "99h", "400d": a whole number of one unit. Days start at 100 hours. A negative time is "0s".
std::string FormatIdle(int64_t nanoseconds);

// Formats a round-trip or response time: "340us", "1.2ms", "85ms", "1.2s", "90s". A negative time is "-", because it
// means unknown (see ConnectionSummary::kUnknown). At most 6 characters up to 99999s.
std::string FormatRtt(int64_t nanoseconds);

// Returns "99999", "123K", "4.5M", "6.7G". At most 5 characters below 10^13.
std::string FormatCount(uint64_t count);

// Returns "9999", "12K", "4.5M", "6.7G". At most 4 characters below 10^12.
std::string FormatShortCount(uint64_t count);

// Returns "42s", "5m12s", "3h07m", "12d04h": whole numbers of at most two units. A negative time is "0s".
std::string FormatDuration(int64_t nanoseconds);

// Returns "2023-11-14 22:13:20 UTC". `unix_nanoseconds` are since the Unix epoch.
std::string FormatTime(int64_t unix_nanoseconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_FORMAT_H_
