// SPDX-License-Identifier: Apache-2.0
#include "src/base/json_writer.h"

#include "src/base/time_units.h"

namespace tcpgauge {

JsonWriter& JsonWriter::Seconds(int64_t nanoseconds) {
  if (nanoseconds < 0) {
    text_ += '-';
    nanoseconds = -nanoseconds;
  }
  Value(nanoseconds / kNanosecondsPerSecond);
  char digits[] = ".000000000";
  int64_t fraction = nanoseconds % kNanosecondsPerSecond;
  for (int i = 9; i > 0; --i, fraction /= 10) digits[i] = static_cast<char>('0' + fraction % 10);
  return Raw(digits);
}

}  // namespace tcpgauge
