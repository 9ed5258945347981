// SPDX-License-Identifier: Apache-2.0
#include "src/decode/tcp_header_pieces.h"

#include <algorithm>

namespace tcpgauge {
namespace {

// The bits of the first `count` bytes.
constexpr uint64_t Bits(uint32_t count) { return (uint64_t{1} << count) - 1; }
static_assert(kMaxTcpHeaderBytes < 64, "a bit for each");

}  // namespace

void TcpHeaderPieces::Datagram::Begin(const DecodedPacket& packet) {
  *this = Datagram();
  used = true;
  source = packet.source.address;
  destination = packet.destination.address;
  id = packet.fragment_id;
  encapsulation = packet.encapsulation;
}

bool TcpHeaderPieces::Datagram::IsOf(const DecodedPacket& packet) const {
  return used && id == packet.fragment_id && source == packet.source.address &&
         destination == packet.destination.address && encapsulation == packet.encapsulation;
}

bool TcpHeaderPieces::Datagram::IsWhole() const {
  constexpr uint64_t kShortest = Bits(kMinTcpHeaderBytes);
  const uint64_t stated = Bits(TcpHeaderLength(header[kTcpDataOffsetAt]));
  return begun && (present & kShortest) == kShortest && (present & stated) == stated;
}

TcpHeaderPieces::Datagram* TcpHeaderPieces::Place(const DecodedPacket& packet, bool is_first) {
  for (Datagram& datagram : datagrams_) {
    if (datagram.IsOf(packet)) return &datagram;
  }
  Datagram& oldest = datagrams_[next_];
  if (!is_first && oldest.used && oldest.begun) return nullptr;
  next_ = (next_ + 1) % kCapacity;
  return &oldest;
}

TcpHeaderPieces::Outcome TcpHeaderPieces::Add(const DecodedPacket& packet, uint32_t offset_bytes, Cursor piece,
                                              uint32_t piece_bytes, Segment* segment) {
  if (offset_bytes >= kMaxTcpHeaderBytes) return Outcome::kIgnored;
  const bool is_first = offset_bytes == 0;
  Datagram* datagram = Place(packet, is_first);
  if (datagram == nullptr) return Outcome::kIgnored;
  // What was not captured is missing for good.
  const uint32_t held_bytes =
      static_cast<uint32_t>(std::min<size_t>(piece.remaining(), kMaxTcpHeaderBytes - offset_bytes));
  const uint64_t bits = Bits(held_bytes) << offset_bytes;
  const bool is_known = datagram->IsOf(packet);
  const bool overlaps = is_known && (datagram->present & bits) != 0;
  if (overlaps && !is_first) return Outcome::kIgnored;
  Outcome outcome = Outcome::kWaiting;
  if (!is_known || overlaps) {
    if (datagram->used && datagram->begun) {
      ++unfinished_;
      outcome = Outcome::kUnfinished;
    }
    datagram->Begin(packet);
  }
  for (uint32_t i = 0; i < held_bytes; ++i) datagram->header[offset_bytes + i] = *piece.PeekAt<uint8_t>(i);
  datagram->present |= bits;
  datagram->length_bytes += piece_bytes;
  datagram->ip_length_bytes += packet.ip_length_bytes;
  datagram->begun |= is_first;
  if (!datagram->begun) return Outcome::kIgnored;
  if (!datagram->IsWhole()) return outcome;
  segment->header = Cursor(datagram->header);
  segment->header.Truncate(std::max(kMinTcpHeaderBytes, TcpHeaderLength(datagram->header[kTcpDataOffsetAt])));
  segment->length_bytes = datagram->length_bytes;
  segment->ip_length_bytes = datagram->ip_length_bytes;
  datagram->used = false;
  return Outcome::kWhole;
}

}  // namespace tcpgauge
