// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Corrects impossible times in a file: a packet whose time is over a day ahead of the packets before and after it.
// Table time never steps back, so accepting that time would end every connection. After a real gap of days the next
// packet is late too, so its time stays.
//
// Thread: confined to one. Units: nanoseconds of the Unix epoch.
class FileTimes {
 public:
  // Corrects the packets of one read, in the order of the file. The last packet of a read has no successor, so its time
  // is accepted.
  void CorrectOutliers(absl::Span<DecodedPacket> packets);

 private:
  int64_t latest_ns_ = 0;  // the latest time so far, after correction
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_
