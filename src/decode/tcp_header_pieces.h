// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_TCP_HEADER_PIECES_H_
#define TCPGAUGE_SRC_DECODE_TCP_HEADER_PIECES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/base/cursor.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/tcp_header.h"

namespace tcpgauge {

// Assembles TCP headers that are spread over IP fragments. RFC 791 section 3.2 allows fragments of eight bytes, which
// are shorter than the header. Keeps only the bytes of the header, and only until the header is whole.
//
// Pieces may come in any order. A piece may overlap: it has a byte of the header that is already held.
// - A following fragment that overlaps is not added, because RFC 5722 section 4 forbids overlaps.
// - A first fragment that overlaps begins another datagram, because senders reuse identifications.
//
// Thread: confined to the thread of its capture source. No heap, no clock: datagrams do not time out.
// Bounds: kCapacity places, which form a ring. A new datagram takes the next place, even if other places are free. If a
// datagram in that place still waits for pieces, the fragment that begins the new datagram decides:
// - A first fragment replaces the old datagram. unfinished() counts the old one if its own first fragment had come.
// - A following fragment replaces the old datagram only if the first fragment of the old one has not come. Otherwise
//   the following fragment is not added.
class TcpHeaderPieces {
 public:
  static constexpr size_t kCapacity = 64;

  // A segment whose header is whole. Lengths are sums over the fragments that were added.
  struct Segment {
    Cursor header;                 // the whole header, 20 to 60 bytes; valid until the next call of Add()
    uint32_t length_bytes = 0;     // TCP header and payload
    uint32_t ip_length_bytes = 0;  // `length_bytes` plus the IP headers of these fragments
  };

  enum class Outcome {
    // The caller counts the fragment as a following fragment. There are two cases:
    // - It was not added: it overlaps, begins beyond the longest header, or found no place.
    // - It was added, but came before the first fragment. The first fragment may have the whole header. In that case,
    //   it is never given to this class.
    kFollowing,
    // Added. The first fragment has come, and other pieces of the header are missing.
    kWaiting,
    // Like kWaiting, for a first fragment that replaced a datagram whose own first fragment had come.
    kReplacedAnother,
    // Added. The header is whole, `*segment` is set, and the datagram is forgotten.
    kWhole,
  };

  // Adds a fragment of a TCP segment.
  // - `packet`: identifies the datagram by addresses, `fragment_id` and `encapsulation`, and has this fragment's
  //   `ip_length_bytes`.
  // - `offset_bytes`: where the fragment begins in the segment. 0 means a first fragment.
  // - `piece`: the captured bytes of the fragment after its IP headers. Borrowed for the call. If bytes of the TCP
  //   header were not captured, they stay missing, and the header never becomes whole.
  // - `piece_wire_bytes`: the length of `piece` on the wire.
  // - `*segment` (out): set only for kWhole.
  Outcome Add(const DecodedPacket& packet, uint32_t offset_bytes, Cursor piece, uint32_t piece_wire_bytes,
              Segment* segment);

  // The number of datagrams that were replaced after their first fragment had come, but before their header was whole.
  uint64_t unfinished() const { return unfinished_; }

 private:
  // One place of the ring.
  struct Datagram {
    bool used = false;  // false = the place is free
    bool has_first_fragment = false;
    IpAddress source;
    IpAddress destination;
    uint32_t id = 0;  // DecodedPacket::fragment_id
    Encapsulation encapsulation;
    std::array<uint8_t, kMaxTcpHeaderBytes> header{};
    uint64_t present = 0;  // bit i: byte i of the header is held
    uint32_t length_bytes = 0;
    uint32_t ip_length_bytes = 0;

    // Makes this the datagram of `packet`, without any piece.
    void Reset(const DecodedPacket& packet);
    // Whether `packet` is a fragment of this datagram.
    bool Matches(const DecodedPacket& packet) const;
    // Whether the first fragment has come and the whole header is held. The header has 20 bytes, or more if its data
    // offset says so.
    bool IsWhole() const;
  };

  // Returns the datagram of `packet` if it is held. Otherwise takes the next place of the ring and returns it, with the
  // old datagram still in it. Returns null if `packet` is a following fragment and must not replace that datagram.
  Datagram* FindOrOldest(const DecodedPacket& packet, bool is_first);

  std::array<Datagram, kCapacity> datagrams_;
  size_t oldest_ = 0;  // the next place of the ring
  uint64_t unfinished_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_HEADER_PIECES_H_
