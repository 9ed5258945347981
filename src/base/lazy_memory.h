// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
#define TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_

#include <cstddef>

namespace tcpgauge {

// Makes a part of a LazyMemory resident that nobody has touched yet. Only a wish: kernels before Linux 5.14 do nothing.
// Thread: any, whoever else uses the memory meanwhile.
void PopulateLazyMemory(void* data, size_t size_bytes);

// Zeroed, page-aligned memory that becomes resident as it is touched, in huge pages where the system has them. Stops
// the process when the address space is exhausted.
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
