// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_
#define TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "src/capture/file_bytes.h"
#include "src/capture/interface_names.h"
#include "src/capture/packet_file.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// Reads the packets of a pcapng file (draft-ietf-opsawg-pcapng). Blocks without packets are skipped, except section
// headers and interface descriptions.
//
// Why not libpcap. libpcap 1.10 refuses a file whose interfaces have different link types or snapshot lengths, or whose
// sections have different byte orders. It does not tell the interface of a packet.
//
// The direction of a packet comes from its flags (option epb_flags), which enhanced and obsolete packet blocks may
// have. If only a part of a very long block is read, its flags may be missed; the direction is then unknown.
//
// Thread: one thread at a time.
// Byte order: either. Each section of a file states its own.
// Bounds: a section has at most kMaxInterfaces interfaces, and a block at most kMaxBlockBytes. More is an error. The
// reader keeps the interfaces of one section and a FileBytes in memory.
// Errors: those of PacketFile. For a damaged block, the message names the block's offset.
class PcapngReader final : public PacketFile {
 public:
  static constexpr uint32_t kMaxBlockBytes = 256 << 20;  // packets of USB reach 128 MiB
  static constexpr size_t kMaxInterfaces = 65536;

  // Reads `bytes`, which must be at the beginning of the file, up to the first interface description. Adds the names of
  // interfaces to `names`, which must outlive the reader.
  // Errors: kDataLoss when no valid interface description is found before the first packet. For example, a block is cut
  // off or invalid, or the file ends or cannot be read.
  static absl::StatusOr<std::unique_ptr<PcapngReader>> Open(std::unique_ptr<FileBytes> bytes, InterfaceNames* names);

  bool Next(Packet* packet) override;
  const absl::Status& status() const override { return status_; }
  uint32_t first_link_type() const override { return first_link_type_; }

 private:
  struct Interface {
    uint16_t link_type;
    uint32_t name;           // its number in names_
    uint32_t snaplen_bytes;  // 0 = no limit
    // A time in the file's units is multiplied, shifted and divided to become nanoseconds.
    uint64_t multiplier;
    uint64_t divisor;  // 0: the units are so small that every time is 0
    uint8_t shift;
    int64_t offset_seconds;
  };

  PcapngReader(std::unique_ptr<FileBytes> bytes, InterfaceNames* names) : bytes_(std::move(bytes)), names_(*names) {}

  // An option of a block. Its value is the `length` bytes at offset `at` of body_.
  struct Option {
    uint16_t code;
    uint16_t length;
    size_t at;
  };

  // Both return the integer at offset `at` of body_, in host order. REQUIRES: body_ is long enough.
  uint16_t Read16(size_t at) const;
  uint32_t Read32(size_t at) const;
  // Reads the option that begins at offset `*next` of body_, and moves `*next` past the option. Returns false at the
  // end of the options, at the end of body_, and at an option that does not fit into body_.
  bool ReadOption(size_t* next, Option* option) const;
  // Returns the direction in the flags among the options from offset `at` of body_ on. Flags of a wrong length are
  // ignored.
  PacketDirection ReadDirection(size_t at) const;

  // The bool functions below return false after an error. Fail() stores the error.
  bool Fail(const std::string& what);
  // Reads the next block into body_ and type_. Also returns false at the end of the file.
  bool ReadBlock();
  // If ReadBlock() left a part of the block unread, passes over that part and checks the block's last word.
  bool FinishBlock();
  // Reads the byte order of a new section, and forgets the interfaces of the section before. `begin` has the first 12
  // bytes of the section header, or fewer if the file ends there.
  bool BeginSection(absl::Span<const uint8_t> begin);
  bool CheckVersion();
  bool AddInterface();
  static void SetResolution(uint8_t resolution, Interface* interface);
  bool ReadPacket(Packet* packet);
  bool ReadSimplePacket(Packet* packet);
  bool SetPacket(uint32_t interface, size_t data, uint32_t captured_bytes, uint32_t wire_bytes, Packet* packet);
  static int64_t ToNanoseconds(uint64_t time, const Interface& interface);

  const std::unique_ptr<FileBytes> bytes_;
  InterfaceNames& names_;
  absl::Status status_;
  uint32_t first_link_type_ = 0;
  bool swapped_ = false;               // this section's byte order differs from this machine's
  std::vector<Interface> interfaces_;  // of this section

  // The block that was read last.
  uint64_t block_offset_ = 0;
  uint32_t type_ = 0;
  uint32_t body_bytes_ = 0;
  // The body. If the block is longer than FileBytes::kMaxPeekBytes, only the beginning of the body.
  absl::Span<const uint8_t> body_;
  uint64_t rest_bytes_ = 0;      // how much of the block was not read yet; 0 if body_ is whole
  uint32_t length_in_file_ = 0;  // the block's length, in the byte order of the file
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAPNG_READER_H_
