// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_
#define TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_

#include <stdio.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace tcpgauge {

// Reads the packets of a pcapng file (draft-ietf-opsawg-pcapng), each with the link type of its interface. libpcap
// refuses files whose interfaces have different link types; this class is for those.
//
// Thread: one at a time. Byte order: both; each section states its own.
// Bounds: blocks of up to kMaxBlockBytes, up to kMaxInterfaces in a section; more is an error.
// Errors: kDataLoss for a block that is cut off or contradicts itself; the message names its offset. The contents of a
// file are not trusted.
class PcapngReader {
 public:
  static constexpr uint32_t kMaxBlockBytes = 16 << 20;
  static constexpr size_t kMaxInterfaces = 65536;

  struct Packet {
    uint16_t link_type;  // a LINKTYPE_ value of https://www.tcpdump.org/linktypes.html
    int64_t time_ns;     // of the Unix epoch; 0 for a simple packet block, which has no time
    uint32_t wire_length_bytes;
    absl::Span<const uint8_t> captured;  // valid until the next call of Next()
  };

  // `file` must be positioned at a section header, and must outlive the reader.
  explicit PcapngReader(FILE* file) : file_(file) {}

  // The next packet; nullopt at the end of the file.
  absl::StatusOr<std::optional<Packet>> Next();

  // The offset of the next block, from the position where reading began.
  uint64_t offset() const { return offset_; }

 private:
  struct Interface {
    uint16_t link_type;
    uint32_t snaplen_bytes;  // 0 = no limit
    uint64_t units_per_second;
    int64_t offset_seconds;
  };

  // Both read an integer of the section's byte order from block_. REQUIRES: block_ holds it.
  uint16_t Read16(size_t at) const;
  uint32_t Read32(size_t at) const;
  // Reads the next block into block_; false at the end of the file.
  absl::StatusOr<bool> ReadBlock();
  absl::Status Error(const std::string& what) const;
  absl::Status AddInterface();
  absl::StatusOr<Packet> MakePacket(uint32_t interface, uint64_t time, size_t data, uint32_t captured_bytes,
                                    uint32_t wire_bytes) const;

  FILE* const file_;
  uint64_t offset_ = 0;
  uint64_t block_offset_ = 0;   // of the block in block_
  bool swapped_ = false;        // this section is not in this machine's byte order
  uint32_t type_ = 0;           // of the block in block_
  std::vector<uint8_t> block_;  // the body of the block that was read last
  std::vector<Interface> interfaces_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_
