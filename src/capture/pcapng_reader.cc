// SPDX-License-Identifier: Apache-2.0
#include "src/capture/pcapng_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

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
constexpr uint16_t kPacketFlags = 2;    // of a packet block
constexpr uint16_t kInterfaceName = 2;  // of an interface description
constexpr uint16_t kTimeResolution = 9;
constexpr uint16_t kTimeOffset = 14;

constexpr uint8_t kMicroseconds = 6;  // a time resolution: the negative power of ten

constexpr size_t kHeadBytes = 8;                      // type and length, before the body
constexpr size_t kTailBytes = 4;                      // the length again, after the body
constexpr size_t kSectionHeadBytes = kHeadBytes + 4;  // and the byte-order magic
constexpr size_t kSectionBodyBytes = 16;              // without options
constexpr size_t kInterfaceBodyBytes = 8;             // without options
constexpr size_t kPacketBodyBytes = 20;               // without data and options

uint32_t WordAt(absl::Span<const uint8_t> bytes, size_t at) {
  uint32_t word;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

uint32_t RoundedUp(uint32_t bytes) { return (bytes + 3) & ~uint32_t{3}; }

// Returns 10 to the power of `exponent`; 0 if 64 bits cannot hold it.
uint64_t PowerOfTen(int exponent) {
  uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) {
    if (power > UINT64_MAX / 10) return 0;
    power *= 10;
  }
  return power;
}

// Option values of text may end with zeros, though they should not.
std::string_view TextOf(absl::Span<const uint8_t> value) {
  const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PcapngReader>> PcapngReader::Open(std::unique_ptr<FileBytes> bytes,
                                                                 InterfaceNames* names) {
  std::unique_ptr<PcapngReader> reader(new PcapngReader(std::move(bytes), names));
  bool good = true;
  while (good && reader->interfaces_.empty()) {
    good = reader->ReadBlock();
    if (!good) {
      if (reader->status_.ok()) reader->Fail("the file ends without an interface description");
    } else if (reader->type_ == kInterfaceDescription) {
      good = reader->AddInterface();
    } else if (reader->type_ == kSectionHeader) {
      good = reader->CheckVersion();
    } else if (reader->type_ == kEnhancedPacket || reader->type_ == kSimplePacket || reader->type_ == kObsoletePacket) {
      good = reader->Fail("a packet before the first interface description");
    }
  }
  if (!good) return reader->status_;
  reader->first_link_type_ = reader->interfaces_[0].link_type;
  return reader;
}

uint16_t PcapngReader::Read16(size_t at) const {
  uint16_t value;
  std::memcpy(&value, body_.data() + at, sizeof(value));
  return swapped_ ? __builtin_bswap16(value) : value;
}

uint32_t PcapngReader::Read32(size_t at) const {
  const uint32_t value = WordAt(body_, at);
  return swapped_ ? __builtin_bswap32(value) : value;
}

bool PcapngReader::ReadOption(size_t* next, Option* option) const {
  constexpr size_t kOptionHeadBytes = 4;
  if (*next + kOptionHeadBytes > body_.size()) return false;
  option->code = Read16(*next);
  option->length = Read16(*next + 2);
  option->at = *next + kOptionHeadBytes;
  if (option->code == kEndOfOptions || option->length > body_.size() - option->at) return false;
  *next = option->at + RoundedUp(option->length);
  return true;
}

PacketDirection PcapngReader::ReadDirection(size_t at) const {
  constexpr uint32_t kDirectionBits = 3;
  constexpr uint32_t kInbound = 1;
  constexpr uint32_t kOutbound = 2;
  Option option;
  while (ReadOption(&at, &option)) {
    if (option.code != kPacketFlags || option.length != sizeof(uint32_t)) continue;
    const uint32_t direction = Read32(option.at) & kDirectionBits;
    if (direction == kInbound) return PacketDirection::kIn;
    return direction == kOutbound ? PacketDirection::kOut : PacketDirection::kUnknown;
  }
  return PacketDirection::kUnknown;
}

bool PcapngReader::Fail(const std::string& what) {
  status_ = bytes_->status().ok()
                ? absl::DataLossError(absl::StrCat("pcapng block at byte ", block_offset_, ": ", what))
                : bytes_->status();
  return false;
}

bool PcapngReader::BeginSection(absl::Span<const uint8_t> begin) {
  if (begin.size() < kSectionHeadBytes) return Fail("cut short");
  const uint32_t magic = WordAt(begin, kHeadBytes);
  if (magic != kByteOrderMagic && magic != __builtin_bswap32(kByteOrderMagic)) return Fail("no byte-order magic");
  swapped_ = magic != kByteOrderMagic;
  interfaces_.clear();
  return true;
}

bool PcapngReader::ReadBlock() {
  if (!FinishBlock()) return false;
  block_offset_ = bytes_->offset();
  const absl::Span<const uint8_t> begin = bytes_->Peek(kSectionHeadBytes);
  if (begin.empty() && bytes_->status().ok()) return false;
  if (begin.size() < kHeadBytes) return Fail("cut short");
  if (WordAt(begin, 0) == kSectionHeader && !BeginSection(begin)) return false;
  const auto host = [this](uint32_t value) { return swapped_ ? __builtin_bswap32(value) : value; };
  type_ = host(WordAt(begin, 0));
  length_in_file_ = WordAt(begin, 4);
  const uint32_t length = host(length_in_file_);
  const size_t least = kHeadBytes + kTailBytes + (type_ == kSectionHeader ? kSectionBodyBytes : 0);
  if (length < least || length % 4 != 0 || length > kMaxBlockBytes) {
    return Fail(absl::StrCat("an invalid length of ", length, " bytes"));
  }
  body_bytes_ = length - static_cast<uint32_t>(kHeadBytes + kTailBytes);
  // A longer block is read only in part: its end is far behind all that is of use.
  const size_t size = length <= FileBytes::kMaxPeekBytes ? length : FileBytes::kMaxPeekBytes - kTailBytes;
  const absl::Span<const uint8_t> block = bytes_->Peek(size);
  if (block.size() < size) return Fail("cut short");
  body_ = block.subspan(kHeadBytes, std::min<size_t>(body_bytes_, size - kHeadBytes));
  bytes_->Skip(size);
  rest_bytes_ = length - size;
  if (rest_bytes_ > 0) return true;
  // A section header has its magic number as proof. libpcap does not compare its lengths either.
  if (type_ == kSectionHeader || WordAt(block, size - kTailBytes) == length_in_file_) return true;
  return Fail("its two lengths differ");
}

bool PcapngReader::FinishBlock() {
  const uint64_t rest_bytes = std::exchange(rest_bytes_, 0);
  if (rest_bytes == 0) return true;
  if (!bytes_->Discard(rest_bytes - kTailBytes)) return Fail("cut short");
  const absl::Span<const uint8_t> tail = bytes_->Peek(kTailBytes);
  if (tail.size() < kTailBytes) return Fail("cut short");
  if (WordAt(tail, 0) != length_in_file_) return Fail("its two lengths differ");
  bytes_->Skip(kTailBytes);
  return true;
}

bool PcapngReader::CheckVersion() {
  const uint16_t major = Read16(4);
  if (major == 1) return true;
  return Fail(absl::StrCat("unsupported pcapng version ", major, ".", Read16(6)));
}

void PcapngReader::SetResolution(uint8_t resolution, Interface* interface) {
  constexpr int kNanoseconds = 9;  // the power of ten
  const int exponent = resolution & 0x7f;
  interface->shift = 0;
  interface->multiplier = interface->divisor = 1;
  if ((resolution & 0x80) != 0) {  // a power of two
    interface->multiplier = kNanosecondsPerSecond;
    interface->shift = static_cast<uint8_t>(exponent);
  } else if (exponent <= kNanoseconds) {
    interface->multiplier = PowerOfTen(kNanoseconds - exponent);
  } else {
    interface->divisor = PowerOfTen(exponent - kNanoseconds);
  }
}

bool PcapngReader::AddInterface() {
  if (body_.size() < kInterfaceBodyBytes) return Fail("an interface description that is too short");
  if (interfaces_.size() == kMaxInterfaces) return Fail("too many interfaces");
  Interface interface = {};
  interface.link_type = Read16(0);
  interface.snaplen_bytes = Read32(4);
  interface.name = InterfaceNames::kUnnamed;
  SetResolution(kMicroseconds, &interface);
  size_t next = kInterfaceBodyBytes;
  Option option;
  while (ReadOption(&next, &option)) {
    if (option.code == kInterfaceName) {
      interface.name = names_.Add(TextOf(body_.subspan(option.at, option.length)));
    } else if (option.code == kTimeResolution && option.length == 1) {
      SetResolution(body_[option.at], &interface);
    } else if (option.code == kTimeOffset && option.length == 8) {
      const uint64_t low = Read32(swapped_ ? option.at + 4 : option.at);
      const uint64_t high = Read32(swapped_ ? option.at : option.at + 4);
      interface.offset_seconds = static_cast<int64_t>(high << 32 | low);
    }
  }
  interfaces_.push_back(interface);
  return true;
}

int64_t PcapngReader::ToNanoseconds(uint64_t time, const Interface& interface) {
  if (interface.divisor == 0) time = 0;
  __extension__ using Wide = __int128;
  Wide ns = static_cast<Wide>(time) * interface.multiplier >> interface.shift;
  if (interface.divisor > 1) ns /= interface.divisor;
  ns += static_cast<Wide>(interface.offset_seconds) * kNanosecondsPerSecond;
  // Clamp the time to the year 2116: adding time-outs to it then cannot overflow.
  return static_cast<int64_t>(std::clamp<Wide>(ns, 0, INT64_MAX / 2));
}

bool PcapngReader::SetPacket(uint32_t interface, size_t data, uint32_t captured_bytes, uint32_t wire_bytes,
                             Packet* packet) {
  const Interface& source = interfaces_[interface];
  packet->link_type = source.link_type;
  packet->interface = source.name;
  packet->wire_length_bytes = wire_bytes;
  packet->captured = body_.subspan(data, std::min<size_t>(captured_bytes, kMaxCapturedBytes));
  packet->direction = PacketDirection::kUnknown;
  packet->exceeds_snaplen = source.snaplen_bytes > 0 && captured_bytes > source.snaplen_bytes;
  return true;
}

bool PcapngReader::ReadPacket(Packet* packet) {
  if (body_.size() < kPacketBodyBytes) return Fail("a packet block that is too short");
  const uint32_t interface = type_ == kObsoletePacket ? Read16(0) : Read32(0);
  if (interface >= interfaces_.size()) {
    return Fail(absl::StrCat("a packet of interface ", interface, ", which was not described"));
  }
  const uint32_t captured_bytes = Read32(12);
  if (captured_bytes > body_bytes_ - kPacketBodyBytes) return Fail("a packet longer than its block");
  packet->time_ns = ToNanoseconds(uint64_t{Read32(4)} << 32 | Read32(8), interfaces_[interface]);
  SetPacket(interface, kPacketBodyBytes, captured_bytes, Read32(16), packet);
  packet->direction = ReadDirection(kPacketBodyBytes + RoundedUp(captured_bytes));
  return true;
}

bool PcapngReader::ReadSimplePacket(Packet* packet) {
  constexpr size_t kLengthBytes = 4;
  if (body_.size() < kLengthBytes || interfaces_.empty()) {
    return Fail("a simple packet without an interface or a length");
  }
  const uint32_t wire_bytes = Read32(0);
  const auto available_bytes = static_cast<uint32_t>(body_bytes_ - kLengthBytes);
  uint32_t captured_bytes = std::min(wire_bytes, available_bytes);
  // The block does not state how much was captured. If only padding exceeds the snapshot length, that is the answer.
  const uint32_t snaplen_bytes = interfaces_[0].snaplen_bytes;
  if (captured_bytes > snaplen_bytes && available_bytes == RoundedUp(snaplen_bytes)) captured_bytes = snaplen_bytes;
  packet->time_ns = ToNanoseconds(0, interfaces_[0]);
  return SetPacket(0, kLengthBytes, captured_bytes, wire_bytes, packet);
}

bool PcapngReader::Next(Packet* packet) {
  while (ReadBlock()) {
    switch (type_) {
      case kSectionHeader:
        if (!CheckVersion()) return false;
        break;
      case kInterfaceDescription:
        if (!AddInterface()) return false;
        break;
      case kEnhancedPacket:
      case kObsoletePacket:
        return ReadPacket(packet);
      case kSimplePacket:
        return ReadSimplePacket(packet);
      default:
        break;  // blocks without packets, such as names and statistics
    }
  }
  return false;
}

}  // namespace tcpgauge
