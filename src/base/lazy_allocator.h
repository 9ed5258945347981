#ifndef TCPGAUGE_SRC_BASE_LAZY_ALLOCATOR_H_
#define TCPGAUGE_SRC_BASE_LAZY_ALLOCATOR_H_

#include <cstddef>
#include <new>

#include "src/base/lazy_memory.h"

namespace tcpgauge {

// A standard allocator that takes large arrays from MapLazily(), small ones from the heap.
template <typename T>
struct LazyAllocator {
  using value_type = T;
  static constexpr size_t kLargeBytes = 2 << 20;

  LazyAllocator() = default;
  template <typename U>
  LazyAllocator(const LazyAllocator<U>&) {}

  T* allocate(size_t count) {
    const size_t size_bytes = count * sizeof(T);
    return static_cast<T*>(size_bytes < kLargeBytes ? ::operator new(size_bytes) : MapLazily(size_bytes));
  }
  void deallocate(T* data, size_t count) {
    const size_t size_bytes = count * sizeof(T);
    if (size_bytes < kLargeBytes) {
      ::operator delete(data);
    } else {
      UnmapLazily(data, size_bytes);
    }
  }

  friend bool operator==(const LazyAllocator&, const LazyAllocator&) { return true; }
  friend bool operator!=(const LazyAllocator&, const LazyAllocator&) { return false; }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_LAZY_ALLOCATOR_H_
