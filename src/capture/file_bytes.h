// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_BYTES_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace tcpgauge {

// The bytes of a file or pipe, in order, without a copy for each packet.
//
// Design. libpcap reads files through stdio and copies each packet. That takes 32 ns a packet; reading large pieces
// takes 14 to 17 ns. Mapping the file into memory was rejected: some captures were read 10 % faster and some 4 %
// slower, a file that is truncated meanwhile would kill the agent, and pipes cannot be mapped. Pieces from 64 kB to 1
// MB were equally fast.
//
// Thread: one thread at a time.
// Bounds: takes kReadBytes + kMaxPeekBytes of memory.
// Errors: a failed read ends the bytes as the end of the file does, and sets status(). A signal that interrupts a read
// makes it fail, because the reader may have to stop.
class FileBytes {
 public:
  static constexpr size_t kReadBytes = 128 << 10;              // read in one system call
  static constexpr size_t kMaxPeekBytes = (256 << 10) + 4096;  // the longest packet, and its headers

  // Reads from `fd`. If `owned`, the destructor closes `fd`.
  FileBytes(int fd, bool owned);
  ~FileBytes();
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  // Returns the next `count` bytes without passing over them. Returns fewer if fewer are left. The result is valid
  // until the next Peek() or Discard(), also after Skip(). REQUIRES: count <= kMaxPeekBytes.
  absl::Span<const uint8_t> Peek(size_t count) {
    if (size_ - at_ < count) ReadUpTo(count);
    return {block_.get() + at_, size_ - at_ < count ? size_ - at_ : count};
  }

  // Passes over bytes that Peek() has returned. REQUIRES: the last Peek() returned at least `count` bytes.
  void Skip(size_t count) { at_ += count; }

  // Passes over `count` bytes, even if Peek() did not return them. If fewer are left, passes over these and returns
  // false.
  bool Discard(uint64_t count);

  // The number of bytes passed over since reading began.
  uint64_t offset() const { return block_offset_ + at_; }

  // OK unless a read failed.
  const absl::Status& status() const { return status_; }

 private:
  // Reads until block_ holds `count` bytes from at_ on, or the bytes end.
  void ReadUpTo(size_t count);

  const int fd_;
  const bool owned_;
  const std::unique_ptr<uint8_t[]> block_;
  uint64_t block_offset_ = 0;  // of block_ in the file
  size_t size_ = 0;            // bytes in block_
  size_t at_ = 0;              // offset of the next byte in block_
  absl::Status status_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_BYTES_H_
