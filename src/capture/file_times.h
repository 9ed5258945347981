// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Corrects impossible packet times in a file. A time is impossible if it is more than a day later than the latest time
// so far, and also more than a day later than the next packet's time. An impossible time is replaced by the latest time
// so far. The first packet of a file is only compared with the next packet, and gets the next packet's time.
//
// Table time never steps back, so an impossible time would end every connection. After a real gap of days the next
// packet is late too, so the time stays.
//
// Thread: confined to one thread. Units: nanoseconds of the Unix epoch.
class FileTimes {
 public:
  // Corrects the times of `packets`. In the file, `packets` must come right after the packets of the previous call.
  // The time of the last packet stays, because the time of the packet after it is not known yet.
  void CorrectOutliers(absl::Span<DecodedPacket> packets);

 private:
  int64_t latest_ns_ = 0;  // the latest time so far, after correction; 0 = no packet yet
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_TIMES_H_
