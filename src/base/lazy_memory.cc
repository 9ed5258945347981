#include "src/base/lazy_memory.h"

#include <sys/mman.h>

#include <algorithm>

#include "src/base/check.h"

namespace tcpgauge {

LazyMemory::LazyMemory(size_t size_bytes) : size_bytes_(std::max<size_t>(size_bytes, 1)) {
  data_ = mmap(nullptr, size_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  TCPGAUGE_CHECK(data_ != MAP_FAILED);
}

LazyMemory::~LazyMemory() { munmap(data_, size_bytes_); }

}  // namespace tcpgauge
