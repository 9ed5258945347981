#ifndef TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
#define TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_

#include <cstddef>

namespace tcpgauge {

// Zeroed, page-aligned memory that becomes resident page by page as it is touched. Owned; not copied.
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
  void* data_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LAZY_MEMORY_H_
