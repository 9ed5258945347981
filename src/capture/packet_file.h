// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_FILE_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_FILE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// The packets of a capture file, in the order of the file. The contents of the file are not trusted.
//
// Thread: one thread at a time.
// Errors: see Next(). The message of an error does not name the file.
class PacketFile {
 public:
  // The most captured bytes of a packet. A classic pcap file with a longer packet counts as damaged. A longer packet of
  // a pcapng file is cut.
  static constexpr size_t kMaxCapturedBytes = 256 << 10;

  struct Packet {
    uint32_t link_type;  // a LINKTYPE_ value of https://www.tcpdump.org/linktypes.html
    uint32_t interface;  // the interface's number in InterfaceNames
    // Nanoseconds of the Unix epoch, from 1970 to 2116. A simple packet block of a pcapng file has no time. Such a
    // packet gets the time offset of its interface, or 0 if the file gives none.
    int64_t time_ns;
    uint32_t wire_length_bytes;
    absl::Span<const uint8_t> captured;  // valid until the next call of Next()
    bool exceeds_snaplen;                // longer than the snapshot length that the file states
    PacketDirection direction;           // as the file states it, apart from the packet's bytes
  };

  virtual ~PacketFile() = default;

  // Stores the next packet and returns true. Returns false at the end of the file and after an error. Do not call
  // Next() again after it has returned false.
  virtual bool Next(Packet* packet) = 0;

  // After Next() returned false: OK if the file has ended. Otherwise kDataLoss: the file is cut off or damaged, or it
  // cannot be read.
  virtual const absl::Status& status() const = 0;

  // The link type of all packets of a classic pcap file, or of the first interface of a pcapng file. Packets of other
  // interfaces may have other link types.
  virtual uint32_t first_link_type() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_FILE_H_
