// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IEEE80211_H_
#define TCPGAUGE_SRC_DECODE_IEEE80211_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// A data frame of IEEE 802.11 (section 9.3.2), its payload in LLC. Protected frames are an error, as are frames with
// several packets (A-MSDU, section 9.3.2.2): a captured packet is one segment. Management and control frames carry no
// IP.
Layer Decode80211(Decoding& decoding);

// The same with the two bytes of the frame control field in the wrong order, as some access points send them through
// CAPWAP.
Layer DecodeSwapped80211(Decoding& decoding);
bool HasSwappedFrameControl(const Decoding& decoding);

// What a capturing machine noted before the frame (https://www.radiotap.org): of use here are whether the frame is
// damaged and whether its header is padded.
Layer DecodeRadiotap(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IEEE80211_H_
