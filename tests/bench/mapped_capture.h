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

// A pcap file in memory, in this machine's byte order, as make_capture writes it. Ends the process if the file cannot
// be read.
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

  // Everything after the file's header.
  absl::Span<const uint8_t> packets() const { return {data_ + kFileHeaderBytes, size_bytes_ - kFileHeaderBytes}; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_bytes_ = 0;
};

// Decodes packets in memory, each after its header, as in a MappedCapture.
class PacketRun {
 public:
  // `bytes` must outlive this object.
  explicit PacketRun(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  void Rewind() { offset_ = 0; }

  // Decodes the next packets, at most `batch->size()`, and returns how many there were.
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

  // Where the header of the next packet begins.
  size_t offset() const { return offset_; }

 private:
  const absl::Span<const uint8_t> bytes_;
  size_t offset_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_BENCH_MAPPED_CAPTURE_H_
