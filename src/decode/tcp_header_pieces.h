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

// Puts TCP headers together that are spread over IP fragments (RFC 791 section 3.2 allows fragments of eight bytes).
// Holds only the bytes of the header, and only until the header is whole.
//
// Pieces may come in any order. A following fragment with a byte that is already held is not added (RFC 5722 section
// 4). A first fragment with such a byte begins another datagram, because senders use identifications again.
// Thread: confined to its capture source. No heap, no clock.
// Bounds: kCapacity datagrams. When full, a first fragment replaces the oldest datagram, which is counted if its own
// first fragment was seen. A following fragment replaces the oldest only if that one's first fragment was not seen.
class TcpHeaderPieces {
 public:
  static constexpr size_t kCapacity = 64;

  // A segment whose header is whole.
  struct Segment {
    Cursor header;                 // valid until the next call
    uint32_t length_bytes = 0;     // header and payload in the fragments so far
    uint32_t ip_length_bytes = 0;  // the same with the IP headers of these fragments
  };

  enum class Outcome {
    // A following fragment that the caller counts as such. It was not added (its bytes are held already, lie beyond the
    // longest header, or find no room), or it came before its first fragment, which may have the whole header.
    kFollowing,
    kWaiting,          // added; other pieces are missing
    kReplacedAnother,  // a first fragment was added, and replaced a datagram whose header was not whole
    kWhole,
  };

  // Adds a fragment of the datagram that `packet` belongs to. `piece` holds its captured bytes, which begin
  // `offset_bytes` into the segment; on the wire it had `piece_wire_bytes`. With the header whole it sets `*segment`
  // and forgets the datagram.
  Outcome Add(const DecodedPacket& packet, uint32_t offset_bytes, Cursor piece, uint32_t piece_wire_bytes,
              Segment* segment);

  // Datagrams that were replaced after their first fragment and before their header was whole.
  uint64_t unfinished() const { return unfinished_; }

 private:
  struct Datagram {
    bool used = false;
    bool has_first_fragment = false;
    IpAddress source;
    IpAddress destination;
    uint32_t id = 0;
    Encapsulation encapsulation;
    std::array<uint8_t, kMaxTcpHeaderBytes> header{};
    uint64_t present = 0;  // a bit for each byte of the header that is held
    uint32_t length_bytes = 0;
    uint32_t ip_length_bytes = 0;

    // Becomes the datagram of `packet`, without any piece.
    void Reset(const DecodedPacket& packet);
    bool Matches(const DecodedPacket& packet) const;
    bool IsWhole() const;
  };

  // The datagram of `packet`, or one that may be replaced by it; null if a following fragment may replace none.
  Datagram* FindOrOldest(const DecodedPacket& packet, bool is_first);

  std::array<Datagram, kCapacity> datagrams_;
  size_t oldest_ = 0;
  uint64_t unfinished_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_HEADER_PIECES_H_
