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

// TCP headers that are spread over IP fragments (RFC 791 section 3.2 lets a fragment be as short as eight bytes). Of a
// segment nothing but the header is held, until it is whole.
//
// Pieces may come in any order. One that covers bytes that are there already is left out (RFC 5722 section 4), but for
// a first fragment: with it the datagram begins anew, for identifications are used again.
// Thread: confined to its capture source. No heap, no clock. Bounds: kCapacity datagrams; the oldest gives way to a
// first fragment, and is counted when its own first fragment had been seen.
class TcpHeaderPieces {
 public:
  static constexpr size_t kCapacity = 64;

  // A header that is whole.
  struct Segment {
    Cursor header;                 // valid until the next call
    uint32_t length_bytes = 0;     // of the segment, as far as its fragments have come
    uint32_t ip_length_bytes = 0;  // of these fragments
  };

  enum class Outcome {
    kIgnored,     // bytes that are there, or held without knowing whether the first fragment has the whole header
    kWaiting,     // held; others are missing
    kUnfinished,  // a first fragment that is held, for which another one had to give way
    kWhole,
  };

  // Takes the fragment of `packet` in, which has `piece` of its segment from `offset_bytes` on, and on the wire
  // `piece_bytes`. Sets `*segment` when the header is whole, and forgets it.
  Outcome Add(const DecodedPacket& packet, uint32_t offset_bytes, Cursor piece, uint32_t piece_bytes, Segment* segment);

  // Datagrams that gave way after their first fragment and before their header was whole.
  uint64_t unfinished() const { return unfinished_; }

 private:
  struct Datagram {
    bool used = false;
    bool begun = false;  // its first fragment was seen
    IpAddress source;
    IpAddress destination;
    uint32_t id = 0;
    Encapsulation encapsulation;
    std::array<uint8_t, kMaxTcpHeaderBytes> header{};
    uint64_t present = 0;  // a bit for each byte of the header
    uint32_t length_bytes = 0;
    uint32_t ip_length_bytes = 0;

    // Forgets the pieces.
    void Begin(const DecodedPacket& packet);
    bool IsOf(const DecodedPacket& packet) const;
    bool IsWhole() const;
  };

  // Where the datagram of `packet` is, or can be; null when a following fragment finds no room.
  Datagram* Place(const DecodedPacket& packet, bool is_first);

  std::array<Datagram, kCapacity> datagrams_;
  size_t next_ = 0;
  uint64_t unfinished_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_HEADER_PIECES_H_
