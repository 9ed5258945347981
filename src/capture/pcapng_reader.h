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
// refuses a file whose interfaces have different link types; this class reads such files.
//
// Thread: one at a time.
// Byte order: either. Each section of a file states its own.
// Bounds: a block has at most kMaxBlockBytes, and a section at most kMaxInterfaces interfaces. More is an error.
// Errors: kDataLoss when a block is cut off or contradicts itself. The message names the block's offset. The contents
// of a file are not trusted. After an error, Next() must not be called again.
class PcapngReader {
 public:
  static constexpr uint32_t kMaxBlockBytes = 16 << 20;
  static constexpr size_t kMaxInterfaces = 65536;

  struct Packet {
    uint16_t link_type;  // a LINKTYPE_ value of https://www.tcpdump.org/linktypes.html
    // Unix epoch. 0 for a simple packet block, which has no time. A time outside 1970 to 2116 becomes the nearer of
    // these limits.
    int64_t time_ns;
    uint32_t wire_length_bytes;
    absl::Span<const uint8_t> captured;  // valid until the next call of Next()
  };

  // `file` must be positioned at a section header, and must outlive the reader. The reader moves the file's position.
  explicit PcapngReader(FILE* file) : file_(file) {}

  // Returns the next packet; nullopt at the end of the file. Skips blocks without packets.
  absl::StatusOr<std::optional<Packet>> Next();

  // The offset of the next block, in bytes from the position where reading began.
  uint64_t offset() const { return offset_; }

 private:
  struct Interface {
    uint16_t link_type;
    uint32_t snaplen_bytes;  // 0 = no limit
    uint64_t units_per_second;
    int64_t offset_seconds;
  };

  // Both return the integer at offset `at` of block_, in host order. REQUIRES: block_ is long enough.
  uint16_t Read16(size_t at) const;
  uint32_t Read32(size_t at) const;
  // Reads the next block into block_. Returns false at the end of the file.
  absl::StatusOr<bool> ReadBlock();
  absl::Status Error(const std::string& what) const;
  absl::Status AddInterface();
  absl::StatusOr<Packet> MakePacket(uint32_t interface, uint64_t time, size_t data, uint32_t captured_bytes,
                                    uint32_t wire_bytes) const;

  FILE* const file_;
  uint64_t offset_ = 0;
  uint64_t block_offset_ = 0;   // of the block in block_
  bool swapped_ = false;        // this section's byte order differs from this machine's
  uint32_t type_ = 0;           // of the block in block_
  std::vector<uint8_t> block_;  // the body of the block that was read last
  std::vector<Interface> interfaces_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_
