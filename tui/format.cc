// SPDX-License-Identifier: Apache-2.0
#include "tui/format.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr const char* kByteUnits[] = {" B", " KB", " MB", " GB", " TB", " PB"};
constexpr const char* kBitUnits[] = {" b", " Kb", " Mb", " Gb", " Tb", " Pb"};
constexpr size_t kUnits = std::size(kByteUnits);

std::string Scaled(double value, double step, const char* const (&units)[kUnits]) {
  if (!(value > 0)) value = 0;
  size_t unit = 0;
  for (; value >= step && unit + 1 < kUnits; ++unit) value /= step;
  if (unit > 0 && value < 10) return absl::StrFormat("%.1f%s", std::floor(value * 10) / 10, units[unit]);
  return absl::StrFormat("%.0f%s", std::floor(value), units[unit]);
}

// Below ten with one digit after the point, otherwise without.
std::string Short(double value, const char* unit) {
  return value < 10 ? absl::StrFormat("%.1f%s", std::floor(value * 10) / 10, unit)
                    : absl::StrFormat("%.0f%s", std::floor(value), unit);
}

}  // namespace

std::string FormatRate(double bytes_per_second, RateUnit unit) {
  return absl::StrCat(FormatShortRate(bytes_per_second, unit), "/s");
}

std::string FormatShortRate(double bytes_per_second, RateUnit unit) {
  return unit == RateUnit::kBytes ? Scaled(bytes_per_second, 1024, kByteUnits)
                                  : Scaled(bytes_per_second * 8, 1000, kBitUnits);
}

std::string FormatPercent(double share) {
  const double percent = std::clamp(share, 0.0, 1.0) * 100;
  if (percent > 0 && percent < 0.1) return "<.1%";
  return percent > 0 && percent < 10 ? absl::StrFormat("%.1f%%", std::floor(percent * 10) / 10)
                                     : absl::StrFormat("%.0f%%", std::floor(percent));
}

std::string FormatBytes(uint64_t bytes) { return Scaled(static_cast<double>(bytes), 1024, kByteUnits); }

std::string FormatIdle(int64_t nanoseconds) {
  const int64_t seconds = std::max<int64_t>(nanoseconds, 0) / kNanosecondsPerSecond;
  if (seconds < 60) return absl::StrCat(seconds, "s");
  if (seconds < kSecondsPerHour) return absl::StrCat(seconds / 60, "m");
  if (seconds < 100 * kSecondsPerHour) return absl::StrCat(seconds / kSecondsPerHour, "h");
  return absl::StrCat(seconds / kSecondsPerDay, "d");
}

std::string FormatRtt(int64_t nanoseconds) {
  if (nanoseconds < 0) return "-";
  if (nanoseconds < kNanosecondsPerMillisecond)
    return absl::StrFormat("%dus", nanoseconds / kNanosecondsPerMicrosecond);
  const auto value = static_cast<double>(nanoseconds);
  if (nanoseconds < kNanosecondsPerSecond) return Short(value / kNanosecondsPerMillisecond, "ms");
  return Short(value / kNanosecondsPerSecond, "s");
}

std::string FormatCount(uint64_t count) { return count < 100000 ? absl::StrCat(count) : FormatShortCount(count); }

std::string FormatShortCount(uint64_t count) {
  if (count < 10000) return absl::StrCat(count);
  const auto value = static_cast<double>(count);
  if (value < 1e6) return Short(value / 1e3, "K");
  if (value < 1e9) return Short(value / 1e6, "M");
  return Short(value / 1e9, "G");
}

std::string FormatDuration(int64_t nanoseconds) {
  const int64_t seconds = std::max<int64_t>(nanoseconds, 0) / kNanosecondsPerSecond;
  if (seconds < 60) return absl::StrCat(seconds, "s");
  if (seconds < kSecondsPerHour) return absl::StrFormat("%dm%02ds", seconds / 60, seconds % 60);
  if (seconds < kSecondsPerDay) return absl::StrFormat("%dh%02dm", seconds / kSecondsPerHour, seconds / 60 % 60);
  return absl::StrFormat("%dd%02dh", seconds / kSecondsPerDay, seconds / kSecondsPerHour % 24);
}

std::string FormatTime(int64_t unix_nanoseconds) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixNanos(unix_nanoseconds), absl::UTCTimeZone());
}

}  // namespace tcpgauge
