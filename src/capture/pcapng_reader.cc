// SPDX-License-Identifier: Apache-2.0
#include "src/capture/pcapng_reader.h"

#include <algorithm>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kSectionHeader = 0x0a0d0d0a;  // reads the same in both byte orders
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kObsoletePacket = 2;
constexpr uint32_t kSimplePacket = 3;
constexpr uint32_t kEnhancedPacket = 6;

constexpr uint16_t kEndOfOptions = 0;
constexpr uint16_t kTimeResolution = 9;
constexpr uint16_t kTimeOffset = 14;

constexpr size_t kFrameBytes = 12;  // type and length before the body, the length again after it
constexpr uint64_t kMicroseconds = 1000000;

// Decodes if_tsresol: a negative power of ten or, if the highest bit is set, of two. Returns 0 when 64 bits cannot hold
// the units of a second.
uint64_t UnitsPerSecond(uint8_t resolution) {
  const int exponent = resolution & 0x7f;
  if (resolution & 0x80) return exponent < 64 ? uint64_t{1} << exponent : 0;
  uint64_t units = 1;
  for (int i = 0; i < exponent; ++i) {
    if (units > UINT64_MAX / 10) return 0;
    units *= 10;
  }
  return units;
}

}  // namespace

uint16_t PcapngReader::Read16(size_t at) const {
  uint16_t value;
  std::memcpy(&value, &block_[at], sizeof(value));
  return swapped_ ? __builtin_bswap16(value) : value;
}

uint32_t PcapngReader::Read32(size_t at) const {
  uint32_t value;
  std::memcpy(&value, &block_[at], sizeof(value));
  return swapped_ ? __builtin_bswap32(value) : value;
}

absl::Status PcapngReader::Error(const std::string& what) const {
  return absl::DataLossError(absl::StrCat("pcapng block at byte ", block_offset_, ": ", what));
}

absl::StatusOr<bool> PcapngReader::ReadBlock() {
  block_offset_ = offset_;
  uint32_t frame[3];  // the third word is the byte-order magic of a section header
  const size_t head = fread(frame, 1, 8, file_);
  if (head == 0 && !ferror(file_)) return false;
  if (head != 8) return Error("cut short");
  if (frame[0] == kSectionHeader) {
    if (fread(&frame[2], 1, 4, file_) != 4) return Error("cut short");
    if (frame[2] != kByteOrderMagic && frame[2] != __builtin_bswap32(kByteOrderMagic))
      return Error("no byte-order magic");
    swapped_ = frame[2] != kByteOrderMagic;
    interfaces_.clear();
  }
  const auto host = [this](uint32_t value) { return swapped_ ? __builtin_bswap32(value) : value; };
  type_ = host(frame[0]);
  const uint32_t length = host(frame[1]);
  const size_t already = type_ == kSectionHeader ? 4 : 0;
  if (length < kFrameBytes + already || length % 4 != 0 || length > kMaxBlockBytes) {
    return Error(absl::StrCat("an invalid length of ", length, " bytes"));
  }
  block_.resize(length - kFrameBytes);
  if (already > 0) std::memcpy(block_.data(), &frame[2], already);
  const size_t rest = block_.size() - already;
  uint32_t length_again;
  if (fread(block_.data() + already, 1, rest, file_) != rest || fread(&length_again, 1, 4, file_) != 4) {
    return Error("cut short");
  }
  if (length_again != frame[1]) return Error("its two lengths differ");
  offset_ += length;
  return true;
}

absl::Status PcapngReader::AddInterface() {
  if (block_.size() < 8) return Error("an interface description that is too short");
  if (interfaces_.size() == kMaxInterfaces) return Error("too many interfaces");
  Interface interface = {Read16(0), Read32(4), kMicroseconds, 0};
  for (size_t at = 8; at + 4 <= block_.size();) {
    const uint16_t code = Read16(at);
    const size_t length = Read16(at + 2);
    at += 4;
    if (code == kEndOfOptions || length > block_.size() - at) break;
    if (code == kTimeResolution && length == 1) {
      interface.units_per_second = UnitsPerSecond(block_[at]);
    } else if (code == kTimeOffset && length == 8) {
      const uint64_t low = Read32(swapped_ ? at + 4 : at);
      const uint64_t high = Read32(swapped_ ? at : at + 4);
      interface.offset_seconds = static_cast<int64_t>(high << 32 | low);
    }
    at += (length + 3) / 4 * 4;
  }
  if (interface.units_per_second == 0) return Error("a time resolution that is too fine");
  interfaces_.push_back(interface);
  return absl::OkStatus();
}

absl::StatusOr<PcapngReader::Packet> PcapngReader::MakePacket(uint32_t interface, uint64_t time, size_t data,
                                                              uint32_t captured_bytes, uint32_t wire_bytes) const {
  if (interface >= interfaces_.size())
    return Error(absl::StrCat("a packet of interface ", interface, ", which was not described"));
  if (captured_bytes > block_.size() - data) return Error("a packet longer than its block");
  const Interface& source = interfaces_[interface];
  const __int128 ns = static_cast<__int128>(time) * kNanosecondsPerSecond / source.units_per_second +
                      static_cast<__int128>(source.offset_seconds) * kNanosecondsPerSecond;
  // Clamp the time to the year 2116: adding time-outs to it then cannot overflow.
  const auto bounded = std::clamp<__int128>(ns, 0, INT64_MAX / 2);
  return Packet{source.link_type, static_cast<int64_t>(bounded), wire_bytes,
                absl::MakeConstSpan(block_).subspan(data, captured_bytes)};
}

absl::StatusOr<std::optional<PcapngReader::Packet>> PcapngReader::Next() {
  while (true) {
    const absl::StatusOr<bool> has_block = ReadBlock();
    if (!has_block.ok()) return has_block.status();
    if (!*has_block) return std::nullopt;
    absl::StatusOr<Packet> packet = absl::UnknownError("");
    switch (type_) {
      case kInterfaceDescription:
        if (const absl::Status added = AddInterface(); !added.ok()) return added;
        continue;
      case kEnhancedPacket:
        if (block_.size() < 20) return Error("a packet block that is too short");
        packet = MakePacket(Read32(0), uint64_t{Read32(4)} << 32 | Read32(8), 20, Read32(12), Read32(16));
        break;
      case kObsoletePacket:
        if (block_.size() < 20) return Error("a packet block that is too short");
        packet = MakePacket(Read16(0), uint64_t{Read32(4)} << 32 | Read32(8), 20, Read32(12), Read32(16));
        break;
      case kSimplePacket: {
        if (block_.size() < 4 || interfaces_.empty()) return Error("a simple packet without an interface or a length");
        const uint32_t limit = interfaces_[0].snaplen_bytes > 0 ? interfaces_[0].snaplen_bytes : UINT32_MAX;
        const uint32_t available = std::min(static_cast<uint32_t>(block_.size() - 4), limit);
        packet = MakePacket(0, 0, 4, std::min(Read32(0), available), Read32(0));
        break;
      }
      default:
        continue;  // blocks without packets, such as names and statistics
    }
    if (!packet.ok()) return packet.status();
    return *packet;
  }
}

}  // namespace tcpgauge
