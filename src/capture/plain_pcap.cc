// SPDX-License-Identifier: Apache-2.0
#include "src/capture/plain_pcap.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

struct FileHeader {
  uint32_t magic;
  uint16_t major_version;
  uint16_t minor_version;
  uint32_t unused[4];  // libpcap reads the snapshot length and the link type
};
static_assert(sizeof(FileHeader) == 24, "the size in the file");

constexpr uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kNanoseconds = 0xa1b23c4d;

struct PacketHeader {
  uint32_t seconds;
  uint32_t fraction;  // of a second, in the file's units
  uint32_t captured_bytes;
  uint32_t wire_bytes;
};
static_assert(sizeof(PacketHeader) == 16, "the size in the file");

// Large enough that there is room to read more until the longest packet is whole.
constexpr size_t kBlockBytes = PlainPcap::kReadBytes + sizeof(PacketHeader) + PlainPcap::kMaxCapturedBytes;

}  // namespace

std::unique_ptr<PlainPcap> PlainPcap::Open(FILE* file, uint32_t snaplen_bytes) {
  const int fd = fileno(file);
  FileHeader header;
  if (ftello(file) != sizeof(header) || pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
      header.major_version != 2 || header.minor_version != 4) {
    return nullptr;
  }
  switch (header.magic) {
    case kMicroseconds:
      return std::unique_ptr<PlainPcap>(new PlainPcap(fd, snaplen_bytes, kNanosecondsPerMicrosecond));
    case kNanoseconds:
      return std::unique_ptr<PlainPcap>(new PlainPcap(fd, snaplen_bytes, 1));
    default:
      return nullptr;
  }
}

PlainPcap::PlainPcap(int fd, uint32_t snaplen_bytes, uint32_t nanoseconds_per_unit)
    : fd_(fd),
      snaplen_bytes_(snaplen_bytes),
      nanoseconds_per_unit_(nanoseconds_per_unit),
      block_(new uint8_t[kBlockBytes]),
      block_offset_(sizeof(FileHeader)) {}

bool PlainPcap::ParseNext(Packet* packet) {
  PacketHeader header;
  if (size_ - at_ < sizeof(header)) return false;
  std::memcpy(&header, block_.get() + at_, sizeof(header));
  if (header.captured_bytes > std::min(kMaxCapturedBytes, size_ - at_ - sizeof(header))) return false;
  const int64_t fraction_ns = int64_t{header.fraction} * nanoseconds_per_unit_;
  packet->time_ns = header.seconds * kNanosecondsPerSecond + std::min(fraction_ns, kNanosecondsPerSecond - 1);
  packet->wire_length_bytes = header.wire_bytes;
  packet->captured =
      absl::MakeConstSpan(block_.get() + at_ + sizeof(header), std::min(header.captured_bytes, snaplen_bytes_));
  at_ += sizeof(header) + header.captured_bytes;
  return true;
}

bool PlainPcap::ReadMore() {
  std::memmove(block_.get(), block_.get() + at_, size_ - at_);
  block_offset_ += at_;
  size_ -= at_;
  at_ = 0;
  const size_t room = std::min(kReadBytes, kBlockBytes - size_);
  ssize_t count;
  do {
    count = pread(fd_, block_.get() + size_, room, static_cast<off_t>(block_offset_ + size_));
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  size_ += static_cast<size_t>(count);
  return true;
}

}  // namespace tcpgauge
