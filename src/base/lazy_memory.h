// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
#define TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_

#include <cstddef>

namespace tcpgauge {

// Makes `size_bytes` of a LazyMemory from `data` on resident before their first use. Only a hint: kernels before Linux
// 5.14 ignore it.
// Thread: any, also while other threads use the memory.
void PopulateLazyMemory(void* data, size_t size_bytes);

// Zeroed, page-aligned memory that becomes resident when it is first touched, in huge pages where the system has them.
// Stops the process when the address space is exhausted.
class LazyMemory {
 public:
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
