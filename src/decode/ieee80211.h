// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IEEE80211_H_
#define TCPGAUGE_SRC_DECODE_IEEE80211_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// A data frame of IEEE 802.11 (section 9.3.2), whose payload begins with LLC. A protected frame is kEncrypted80211. A
// frame with several packets (A-MSDU, section 9.3.2.2) is kAggregated80211, because one captured packet becomes at most
// one segment. Management frames, control frames and following fragments are not TCP.
Layer Decode80211(Decoding& decoding);

// A data frame whose frame control field has its two bytes in the wrong order. Some access points send such frames
// through CAPWAP.
Layer DecodeSwapped80211(Decoding& decoding);

// Whether the next header is a data frame only if these two bytes are swapped.
bool HasSwappedFrameControl(const Decoding& decoding);

// The header that a capturing machine puts before the frame (https://www.radiotap.org). The decoder uses two of its
// flags: the frame is damaged, and its header is padded.
Layer DecodeRadiotap(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IEEE80211_H_
