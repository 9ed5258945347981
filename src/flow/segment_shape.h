// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEGMENT_SHAPE_H_
#define TCPGAUGE_SRC_FLOW_SEGMENT_SHAPE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// Digests of parts of a TCP header. Neither a translation of addresses nor a tunnel changes these parts. So copies of
// one segment that were captured on several stretches have the same digest. Different segments seldom have the same
// digest. To be surer, the caller compares the sequence number too.
//
// The digests are not seeded. Somebody who can choose two headers with the same digest can also send the same header
// twice, so a seed would protect nobody. A hash table of digests needs a seeded hash of its own.
//
// REQUIRES, for SynShape() and SegmentShape(): the packet's kind is kTcpSegment, and its error is kNone.
// Thread: any.

// Mixes two words into 32 bits. XORs each word with a constant, multiplies the two results to 128 bits, and folds the
// product.
inline uint32_t MixShape(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a ^ 0x9e3779b97f4a7c15) * (b ^ 0xd6e8feb86659fd93);
  const uint64_t folded = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  return static_cast<uint32_t>(folded ^ folded >> 32);
}

// Returns the digest of a SYN: its timestamp value, window, window scale, and the kinds of its options. A router may
// change the values of other options, for example the MSS (maximum segment size, RFC 6691). So these values do not
// count. REQUIRES: `syn.tcp_flags` has kTcpSyn.
inline uint32_t SynShape(const DecodedPacket& syn) {
  const uint64_t timestamp = syn.has_timestamps ? syn.timestamp_value : 0;
  const uint64_t window = syn.window;
  const uint64_t scale = syn.window_scale;
  return MixShape(timestamp << 32 | window << 16 | scale << 8 | (syn.has_timestamps ? 1 : 0), syn.option_kinds);
}

// Returns the digest of any other segment, a SYN-ACK included: its acknowledgment number and its timestamps (RFC 7323).
// Without the ACK flag, the acknowledgment number is the one in the header, usually 0. The length does not count,
// because offloads cut the same bytes differently on each stretch.
inline uint32_t SegmentShape(const DecodedPacket& segment) {
  const uint64_t value = segment.has_timestamps ? segment.timestamp_value : 0;
  const uint64_t echo_reply = segment.has_timestamps ? segment.timestamp_echo_reply : 0;
  const uint64_t acknowledgment = segment.acknowledgment_number;
  return MixShape(value << 32 | echo_reply, acknowledgment << 1 | (segment.has_timestamps ? 1 : 0));
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEGMENT_SHAPE_H_
