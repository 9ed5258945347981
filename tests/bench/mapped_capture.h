// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_BENCH_MAPPED_CAPTURE_H_
#define TCPGAUGE_TESTS_BENCH_MAPPED_CAPTURE_H_

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"

namespace tcpgauge {

// A pcap file that is mapped into memory. The file must be as make_capture writes it: in this machine's byte order,
// with times in microseconds. The class does not check this.
//
// Errors: the constructor prints the reason and ends the process when the file cannot be mapped, or is shorter than a
// file header.
class MappedCapture {
 public:
  static constexpr size_t kFileHeaderBytes = 24;

  explicit MappedCapture(const char* path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
      perror(path);
      exit(1);
    }
    size_bytes_ = static_cast<size_t>(status.st_size);
    void* data = mmap(nullptr, size_bytes_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED || size_bytes_ < kFileHeaderBytes) {
      fprintf(stderr, "%s is no capture\n", path);
      exit(1);
    }
    data_ = static_cast<const uint8_t*>(data);
  }
  ~MappedCapture() { munmap(const_cast<uint8_t*>(data_), size_bytes_); }
  MappedCapture(const MappedCapture&) = delete;
  MappedCapture& operator=(const MappedCapture&) = delete;

  // All bytes after the file header: for each packet its record header, followed by the captured bytes. Valid while
  // this object lives.
  absl::Span<const uint8_t> packets() const { return {data_ + kFileHeaderBytes, size_bytes_ - kFileHeaderBytes}; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_bytes_ = 0;
};

// Decodes the packets of a capture in memory, batch by batch.
//
// Thread: confined to one thread.
class PacketRun {
 public:
  // `bytes` is what MappedCapture::packets() returns, for a capture of Ethernet frames. The MappedCapture must
  // outlive this object.
  explicit PacketRun(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  // Goes back to the first packet.
  void Rewind() { offset_ = 0; }

  // Decodes the next packets into the first elements of `*batch`, and returns their number. `*batch` keeps its size.
  // The number is less than `batch->size()` only at the end of the capture, or before a packet that is incomplete. From
  // there on, calls return 0 until Rewind().
  size_t Decode(std::vector<DecodedPacket>* batch) {
    size_t count = 0;
    while (count < batch->size() && offset_ + sizeof(uint32_t[4]) <= bytes_.size()) {
      uint32_t header[4];
      memcpy(header, bytes_.data() + offset_, sizeof(header));
      const size_t start = offset_ + sizeof(header);
      if (header[2] > bytes_.size() - start) break;
      DecodedPacket* packet = &(*batch)[count++];
      DecodePacket(LinkType::kEthernet, bytes_.subspan(start, header[2]), header[3], packet);
      packet->time_ns = header[0] * int64_t{1000000000} + header[1] * int64_t{1000};
      packet->interface = 0;
      offset_ = start + header[2];
    }
    return count;
  }

  // The position of the next packet's record header, in bytes from the beginning of `bytes`.
  size_t offset() const { return offset_; }

 private:
  const absl::Span<const uint8_t> bytes_;
  size_t offset_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_BENCH_MAPPED_CAPTURE_H_
