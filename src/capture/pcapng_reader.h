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

// The packets of a pcapng file (draft-ietf-opsawg-pcapng), each with the link type of its interface. The capture
// library reads such files as well, but not those in which the link types differ: this is for them.
//
// Thread: one at a time. Bounds: blocks of up to kMaxBlockBytes, kMaxInterfaces in a section. What a file says is not
// trusted; what cannot be so is an error that names the offset.
class PcapngReader {
 public:
  static constexpr uint32_t kMaxBlockBytes = 16 << 20;
  static constexpr size_t kMaxInterfaces = 65536;

  struct Packet {
    uint16_t link_type;  // a LINKTYPE_ value of https://www.tcpdump.org/linktypes.html
    int64_t time_ns;     // of the Unix epoch; 0 when the file has none
    uint32_t wire_length_bytes;
    absl::Span<const uint8_t> captured;  // until the next call
  };

  // `file` stands at the beginning of a section header; must outlive the reader.
  explicit PcapngReader(FILE* file) : file_(file) {}

  // The next packet; nullopt at the end of the file.
  absl::StatusOr<std::optional<Packet>> Next();

  // Where in the file the next block begins, counted from where reading began.
  uint64_t offset() const { return offset_; }

 private:
  struct Interface {
    uint16_t link_type;
    uint32_t snaplen_bytes;  // 0 = no limit
    uint64_t units_per_second;
    int64_t offset_seconds;
  };

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
  uint64_t block_offset_ = 0;   // of the block that was read last
  bool swapped_ = false;        // numbers of this section are in the other byte order
  uint32_t type_ = 0;           // of the block
  std::vector<uint8_t> block_;  // its body
  std::vector<Interface> interfaces_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_
