// SPDX-License-Identifier: Apache-2.0
#include "src/decode/tcp_header_pieces.h"

#include <algorithm>

namespace tcpgauge {
namespace {

// A mask of the header's first `count` bytes.
constexpr uint64_t Bits(uint32_t count) { return (uint64_t{1} << count) - 1; }
static_assert(kMaxTcpHeaderBytes < 64, "a bit for each byte");

}  // namespace

void TcpHeaderPieces::Datagram::Reset(const DecodedPacket& packet) {
  *this = Datagram();
  used = true;
  source = packet.source.address;
  destination = packet.destination.address;
  id = packet.fragment_id;
  encapsulation = packet.encapsulation;
}

bool TcpHeaderPieces::Datagram::Matches(const DecodedPacket& packet) const {
  return used && id == packet.fragment_id && source == packet.source.address &&
         destination == packet.destination.address && encapsulation == packet.encapsulation;
}

bool TcpHeaderPieces::Datagram::IsWhole() const {
  constexpr uint64_t kShortest = Bits(kMinTcpHeaderBytes);
  const uint64_t stated = Bits(TcpHeaderLength(header[kTcpDataOffsetAt]));
  return has_first_fragment && (present & kShortest) == kShortest && (present & stated) == stated;
}

TcpHeaderPieces::Datagram* TcpHeaderPieces::FindOrOldest(const DecodedPacket& packet, bool is_first) {
  for (Datagram& datagram : datagrams_) {
    if (datagram.Matches(packet)) return &datagram;
  }
  Datagram& oldest = datagrams_[oldest_];
  if (!is_first && oldest.used && oldest.has_first_fragment) return nullptr;
  oldest_ = (oldest_ + 1) % kCapacity;
  return &oldest;
}

TcpHeaderPieces::Outcome TcpHeaderPieces::Add(const DecodedPacket& packet, uint32_t offset_bytes, Cursor piece,
                                              uint32_t piece_wire_bytes, Segment* segment) {
  if (offset_bytes >= kMaxTcpHeaderBytes) return Outcome::kFollowing;
  const bool is_first = offset_bytes == 0;
  Datagram* datagram = FindOrOldest(packet, is_first);
  if (datagram == nullptr) return Outcome::kFollowing;
  // Bytes that were not captured stay missing, so a header without them never becomes whole.
  const uint32_t held_bytes =
      static_cast<uint32_t>(std::min<size_t>(piece.remaining(), kMaxTcpHeaderBytes - offset_bytes));
  const uint64_t bits = Bits(held_bytes) << offset_bytes;
  const bool is_known = datagram->Matches(packet);
  const bool overlaps = is_known && (datagram->present & bits) != 0;
  if (overlaps && !is_first) return Outcome::kFollowing;
  Outcome outcome = Outcome::kWaiting;
  if (!is_known || overlaps) {
    if (datagram->used && datagram->has_first_fragment) {
      ++unfinished_;
      outcome = Outcome::kReplacedAnother;
    }
    datagram->Reset(packet);
  }
  for (uint32_t i = 0; i < held_bytes; ++i) datagram->header[offset_bytes + i] = *piece.PeekAt<uint8_t>(i);
  datagram->present |= bits;
  datagram->length_bytes += piece_wire_bytes;
  datagram->ip_length_bytes += packet.ip_length_bytes;
  datagram->has_first_fragment |= is_first;
  if (!datagram->has_first_fragment) return Outcome::kFollowing;
  if (!datagram->IsWhole()) return outcome;
  segment->header = Cursor(datagram->header);
  segment->header.Truncate(std::max(kMinTcpHeaderBytes, TcpHeaderLength(datagram->header[kTcpDataOffsetAt])));
  segment->length_bytes = datagram->length_bytes;
  segment->ip_length_bytes = datagram->ip_length_bytes;
  datagram->used = false;
  return Outcome::kWhole;
}

}  // namespace tcpgauge
