// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Mends times in a file that cannot be: a packet that lies over a day ahead of the one before and of the one after it.
// Believed, it would end every connection, for time in the table never steps back. A gap of days that is real has
// packets on both sides, and stays.
//
// Thread: confined to one.
class FileTimes {
 public:
  // The packets of one read, in the order of the file. Of the last one nothing comes after: it is believed.
  void CorrectOutliers(absl::Span<DecodedPacket> packets);

 private:
  int64_t latest_ns_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_
