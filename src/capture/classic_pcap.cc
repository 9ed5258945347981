// SPDX-License-Identifier: Apache-2.0
#include "src/capture/classic_pcap.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "src/capture/interface_names.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {
namespace {

struct FileHeader {
  uint32_t magic;
  uint16_t major_version;
  uint16_t minor_version;
  uint32_t unused[2];
  uint32_t snaplen_bytes;
  uint32_t link_type;  // and other facts in the upper bits
};
static_assert(sizeof(FileHeader) == 24, "the size in the file");

constexpr uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kNanoseconds = 0xa1b23c4d;
constexpr uint32_t kModified = 0xa1b2cd34;  // microseconds, and longer packet headers

constexpr uint32_t kLinkTypeBits = 0x03ffffff;
constexpr uint32_t kEthernet = 1;
// Linux kernels that wrote modified files added an Ethernet header that the snapshot length does not include.
constexpr uint32_t kAddedHeaderBytes = 14;

struct PacketHeader {
  uint32_t seconds;
  uint32_t fraction;  // of a second, in the file's units
  uint32_t lengths[2];
};
static_assert(sizeof(PacketHeader) == 16, "the size in the file");
constexpr size_t kModifiedHeaderBytes = 24;

template <typename Number>
Number Swapped(Number value) {
  return sizeof(Number) == 2 ? static_cast<Number>(__builtin_bswap16(static_cast<uint16_t>(value)))
                             : static_cast<Number>(__builtin_bswap32(static_cast<uint32_t>(value)));
}

bool IsMagic(uint32_t magic) { return magic == kMicroseconds || magic == kNanoseconds || magic == kModified; }

}  // namespace

absl::StatusOr<std::unique_ptr<ClassicPcap>> ClassicPcap::Open(std::unique_ptr<FileBytes> bytes) {
  std::unique_ptr<ClassicPcap> file(new ClassicPcap(std::move(bytes)));
  FileHeader header;
  const absl::Span<const uint8_t> head = file->bytes_->Peek(sizeof(header));
  if (head.size() < sizeof(header)) {
    if (!file->bytes_->status().ok()) return file->bytes_->status();
    return absl::DataLossError(absl::StrCat("truncated dump file; tried to read ", sizeof(header),
                                            " file header bytes, only got ", head.size()));
  }
  std::memcpy(&header, head.data(), sizeof(header));
  file->bytes_->Skip(sizeof(header));
  file->swapped_ = !IsMagic(header.magic);
  if (file->swapped_) {
    header = {Swapped(header.magic),         Swapped(header.major_version), Swapped(header.minor_version), {},
              Swapped(header.snaplen_bytes), Swapped(header.link_type)};
  }
  if (!IsMagic(header.magic)) return absl::DataLossError("unknown file format");
  const bool is_dg_ux = header.major_version == 543 && header.minor_version == 0;
  if (!is_dg_ux && (header.major_version != 2 || header.minor_version > 4)) {
    return absl::DataLossError(
        absl::StrCat("unsupported pcap savefile version ", header.major_version, ".", header.minor_version));
  }
  if (is_dg_ux || header.minor_version < 3) {
    file->length_order_ = LengthOrder::kWireFirst;
  } else if (header.minor_version == 3) {
    file->length_order_ = LengthOrder::kSmallerIsCaptured;
  }
  file->packet_header_bytes_ = header.magic == kModified ? kModifiedHeaderBytes : sizeof(PacketHeader);
  file->nanoseconds_per_unit_ = header.magic == kNanoseconds ? 1 : kNanosecondsPerMicrosecond;
  file->link_type_ = header.link_type & kLinkTypeBits;
  const bool has_limit = header.snaplen_bytes > 0 && header.snaplen_bytes <= INT32_MAX;
  const uint32_t added = header.magic == kModified && file->link_type_ == kEthernet ? kAddedHeaderBytes : 0;
  file->snaplen_bytes_ = added + (has_limit ? header.snaplen_bytes : static_cast<uint32_t>(kMaxCapturedBytes));
  return file;
}

bool ClassicPcap::Fail(const std::string& what) {
  status_ = bytes_->status().ok() ? absl::DataLossError(what) : bytes_->status();
  return false;
}

bool ClassicPcap::Next(Packet* packet) {
  const absl::Span<const uint8_t> head = bytes_->Peek(packet_header_bytes_);
  if (head.size() < packet_header_bytes_) {
    if (head.empty() && bytes_->status().ok()) return false;
    return Fail(absl::StrCat("truncated dump file; tried to read ", packet_header_bytes_, " header bytes, only got ",
                             head.size()));
  }
  PacketHeader header;
  std::memcpy(&header, head.data(), sizeof(header));
  if (swapped_) {
    header = {
        Swapped(header.seconds), Swapped(header.fraction), {Swapped(header.lengths[0]), Swapped(header.lengths[1])}};
  }
  auto [captured_bytes, wire_bytes] = header.lengths;
  if (length_order_ == LengthOrder::kWireFirst ||
      (length_order_ == LengthOrder::kSmallerIsCaptured && captured_bytes > wire_bytes)) {
    std::swap(captured_bytes, wire_bytes);
  }
  if (captured_bytes > kMaxCapturedBytes) {
    return Fail(absl::StrCat("invalid packet capture length ", captured_bytes, ", bigger than ",
                             captured_bytes > snaplen_bytes_ ? absl::StrCat("snaplen of ", snaplen_bytes_)
                                                             : absl::StrCat("maximum of ", kMaxCapturedBytes)));
  }
  const size_t size = packet_header_bytes_ + captured_bytes;
  const absl::Span<const uint8_t> whole = bytes_->Peek(size);
  if (whole.size() < size) {
    return Fail(absl::StrCat("truncated dump file; tried to read ", captured_bytes, " captured bytes, only got ",
                             whole.size() - packet_header_bytes_));
  }
  bytes_->Skip(size);
  const int64_t fraction_ns = int64_t{header.fraction} * nanoseconds_per_unit_;
  packet->link_type = link_type_;
  packet->interface = InterfaceNames::kUnnamed;
  packet->time_ns = header.seconds * kNanosecondsPerSecond + std::min(fraction_ns, kNanosecondsPerSecond - 1);
  packet->wire_length_bytes = wire_bytes;
  packet->captured = whole.subspan(packet_header_bytes_);
  packet->exceeds_snaplen = captured_bytes > snaplen_bytes_;
  packet->direction = PacketDirection::kUnknown;
  return true;
}

}  // namespace tcpgauge
