// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_bytes.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

// Large enough that there is room to read more until the longest peek is complete.
constexpr size_t kBlockBytes = FileBytes::kReadBytes + FileBytes::kMaxPeekBytes;

}  // namespace

FileBytes::FileBytes(int fd, bool owned) : fd_(fd), owned_(owned), block_(new uint8_t[kBlockBytes]) {}

FileBytes::~FileBytes() {
  if (owned_) close(fd_);
}

void FileBytes::ReadUpTo(size_t count) {
  memmove(block_.get(), block_.get() + at_, size_ - at_);
  block_offset_ += at_;
  size_ -= at_;
  at_ = 0;
  while (size_ < count && status_.ok()) {
    const ssize_t read_bytes = read(fd_, block_.get() + size_, std::min(kReadBytes, kBlockBytes - size_));
    if (read_bytes < 0) status_ = absl::DataLossError(absl::StrCat("error reading dump file: ", strerror(errno)));
    if (read_bytes <= 0) return;
    size_ += static_cast<size_t>(read_bytes);
  }
}

bool FileBytes::Discard(uint64_t count) {
  while (count > 0) {
    const size_t step = Peek(static_cast<size_t>(std::min<uint64_t>(count, kReadBytes))).size();
    if (step == 0) return false;
    Skip(step);
    count -= step;
  }
  return true;
}

}  // namespace tcpgauge
