// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
#define TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_

#include <cstddef>

namespace tcpgauge {

// Makes `size_bytes` bytes of a LazyMemory, from `data` on, resident before their first use. Does not change the bytes.
// This is only a hint, which kernels before Linux 5.14 ignore.
// Thread: any, even while other threads use the memory.
void PopulateLazyMemory(void* data, size_t size_bytes);

// Owns a block of zeroed, page-aligned memory. Each page becomes resident when it is first written. A block of at least
// 2 MiB uses huge pages if the system allows them.
//
// Errors: when the kernel refuses the address space, ends the process with one line (ExitForShortage()).
class LazyMemory {
 public:
  // `size_bytes` may be 0: data() is then valid, but must not be read or written.
  explicit LazyMemory(size_t size_bytes);
  ~LazyMemory();
  LazyMemory(const LazyMemory&) = delete;
  LazyMemory& operator=(const LazyMemory&) = delete;

  void* data() { return data_; }
  const void* data() const { return data_; }

 private:
  const size_t size_bytes_;
  void* const data_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
