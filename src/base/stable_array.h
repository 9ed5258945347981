// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STABLE_ARRAY_H_
#define TCPGAUGE_SRC_BASE_STABLE_ARRAY_H_

#include <cstddef>
#include <type_traits>

#include "src/base/lazy_memory.h"

namespace tcpgauge {

// A fixed number of zero-initialised elements that never move.
//
// Design. A table that may hold a million connections must neither use the memory of a million at the start nor copy
// itself while packets arrive: a std::vector that grows would copy hundreds of megabytes on the packet path. So the
// array reserves address space for its full capacity, and the operating system provides the memory of an element when
// the element is first touched. Capacity that is never used costs address space alone.
template <typename T>
class StableArray {
  static_assert(std::is_trivially_destructible<T>::value, "elements are never destroyed");

 public:
  explicit StableArray(size_t capacity) : memory_(capacity * sizeof(T)) {}

  T& operator[](size_t i) { return static_cast<T*>(memory_.data())[i]; }
  const T& operator[](size_t i) const { return static_cast<const T*>(memory_.data())[i]; }

  // See PopulateLazyMemory(). REQUIRES: first + count <= capacity.
  void Populate(size_t first, size_t count) { PopulateLazyMemory(&(*this)[first], count * sizeof(T)); }

 private:
  LazyMemory memory_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STABLE_ARRAY_H_
