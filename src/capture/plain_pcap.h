// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PLAIN_PCAP_H_
#define TCPGAUGE_SRC_CAPTURE_PLAIN_PCAP_H_

#include <stdio.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/types/span.h"

namespace tcpgauge {

// The packets of an ordinary pcap file (draft-ietf-opsawg-pcap), read in blocks and looked at in place.
//
// Ordinary is a file of version 2.4 in this machine's byte order that can be read at any place. Where no whole packet
// of a possible length follows, this class stops, and libpcap goes on: it tells the end of the file from damage, and
// says what is damaged.
//
// Design. libpcap reads files through stdio and copies each packet: 32 ns a packet, against 14 to 17 here. Mapping the
// file was rejected: some captures were 10 % faster and some 4 % slower, and a file that becomes shorter meanwhile
// would kill the agent. Blocks from 64 kB to 1 MB were equally fast.
//
// Thread: one at a time.
// Bounds: kReadBytes and a packet.
// Errors: none; what cannot be read is left to libpcap.
class PlainPcap {
 public:
  static constexpr size_t kReadBytes = 128 << 10;          // at once
  static constexpr size_t kMostCapturedBytes = 256 << 10;  // longer ones the library refuses

  struct Packet {
    int64_t time_ns;  // of the Unix epoch
    uint32_t wire_length_bytes;
    absl::Span<const uint8_t> captured;  // until the next call
  };

  // Of `file`, of which the library has read the header and nothing else; of each packet at most `snaplen_bytes` are
  // looked at. Null when the file is not ordinary. The file's position stays where it is; the file must outlive what is
  // returned.
  static std::unique_ptr<PlainPcap> Open(FILE* file, uint32_t snaplen_bytes);

  // The next packet; false when the library is to go on at offset().
  bool Next(Packet* packet) {
    while (true) {
      if (ParseNext(packet)) return true;
      if (!ReadOn()) return false;
    }
  }

  // Where in the file the next packet begins.
  uint64_t offset() const { return block_offset_ + at_; }

 private:
  PlainPcap(int fd, uint32_t snaplen_bytes, uint32_t nanoseconds_per_unit);

  // False when the block holds no whole packet any more.
  bool ParseNext(Packet* packet);
  // Reads the file on from offset(); false when there was nothing new to read.
  bool ReadOn();

  const int fd_;
  const uint32_t snaplen_bytes_;
  const uint32_t nanoseconds_per_unit_;
  const std::unique_ptr<uint8_t[]> block_;
  uint64_t block_offset_;  // where the block begins in the file
  size_t size_ = 0;        // bytes that the block holds
  size_t at_ = 0;          // where in it the next packet begins
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PLAIN_PCAP_H_
