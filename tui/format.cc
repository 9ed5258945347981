#include "tui/format.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/base/clock.h"

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

}  // namespace

std::string FormatRate(double bytes_per_second, RateUnit unit) {
  const std::string amount = unit == RateUnit::kBytes ? Scaled(bytes_per_second, 1024, kByteUnits)
                                                      : Scaled(bytes_per_second * 8, 1000, kBitUnits);
  return absl::StrCat(amount, "/s");
}

std::string FormatBytes(uint64_t bytes) { return Scaled(static_cast<double>(bytes), 1024, kByteUnits); }

std::string FormatIdle(int64_t nanoseconds) {
  const int64_t seconds = std::max<int64_t>(nanoseconds, 0) / kNanosecondsPerSecond;
  if (seconds < 60) return absl::StrCat(seconds, "s");
  if (seconds < 3600) return absl::StrCat(seconds / 60, "m");
  if (seconds < 100 * 3600) return absl::StrCat(seconds / 3600, "h");
  return absl::StrCat(seconds / 86400, "d");
}

}  // namespace tcpgauge
