// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IEEE80211_H_
#define TCPGAUGE_SRC_DECODE_IEEE80211_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Wireless frames. Layer (decoding.h) says what every decoding function does.

// Decodes the header of a data frame of IEEE 802.11 (section 9.3.2). LLC follows. Management frames, control frames,
// frames without data and following fragments are not TCP.
//
// Errors:
// - kEncrypted80211 for a protected frame;
// - kAggregated80211 for a frame with several packets (A-MSDU, section 9.3.2.2), because one captured packet becomes at
//   most one segment. An A-MSDU with a single packet is decoded.
Layer Decode80211(Decoding& decoding);

// Like Decode80211(), for a frame whose frame control field has its two bytes in the wrong order. Some access points
// send such frames through CAPWAP.
Layer DecodeSwapped80211(Decoding& decoding);

// Whether the two bytes of the next header's frame control field are in the wrong order: only after a swap do they
// announce a data frame. False if the bytes were not captured.
bool HasSwappedFrameControl(const Decoding& decoding);

// Decodes the radiotap header, which the capturing machine puts before the frame (https://www.radiotap.org), and the
// frame's header as Decode80211() does. Uses two radiotap flags: that the frame is damaged, and that padding follows
// the frame's header. A frame with a radiotap version other than 0 is not TCP.
// Errors: kDamaged80211 for a damaged frame, and those of Decode80211().
Layer DecodeRadiotap(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IEEE80211_H_
