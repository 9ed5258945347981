#ifndef TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
#define TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_

#include <cstddef>

namespace tcpgauge {

// Zeroed, page-aligned memory that becomes resident as it is touched, in huge pages where the system has them.
// Stops the process when the address space is exhausted.
void* MapLazily(size_t size_bytes);
void UnmapLazily(void* data, size_t size_bytes);

// Makes a part of it resident that nobody has touched yet. Only a wish: kernels before Linux 5.14 do nothing. Thread:
// any, whoever else uses the memory meanwhile.
void PopulateLazyMemory(void* data, size_t size_bytes);

// The same, owned. Not copied.
class LazyMemory {
 public:
  explicit LazyMemory(size_t size_bytes) : size_bytes_(size_bytes), data_(MapLazily(size_bytes)) {}
  ~LazyMemory() { UnmapLazily(data_, size_bytes_); }
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
