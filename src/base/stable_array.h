// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STABLE_ARRAY_H_
#define TCPGAUGE_SRC_BASE_STABLE_ARRAY_H_

#include <cstddef>
#include <type_traits>

#include "src/base/lazy_memory.h"

namespace tcpgauge {

// An array of fixed capacity whose elements never move. All elements exist from the start. No constructor runs: each
// element starts with all its bytes zero, which must be a valid `T`.
//
// Design. A table that may hold a million connections must not use the memory of a million connections at its start. It
// must not copy itself while packets arrive either: a std::vector that grows would copy hundreds of megabytes between
// two packets. So the array reserves address space for its full capacity, and the operating system provides the memory
// of an element when the element is first written. Capacity that is never used costs only address space.
//
// Thread: one thread at a time, except Populate(), which any thread may call at any time.
// Errors: those of LazyMemory.
template <typename T>
class StableArray {
  static_assert(std::is_trivially_destructible<T>::value, "elements are never destroyed");

 public:
  explicit StableArray(size_t capacity) : memory_(capacity * sizeof(T)) {}

  // REQUIRES: i < capacity. This is not checked.
  T& operator[](size_t i) { return static_cast<T*>(memory_.data())[i]; }
  const T& operator[](size_t i) const { return static_cast<const T*>(memory_.data())[i]; }

  // Makes elements resident before they are used: `count` elements from index `first` on. See PopulateLazyMemory().
  // REQUIRES: first + count <= capacity.
  void Populate(size_t first, size_t count) { PopulateLazyMemory(&(*this)[first], count * sizeof(T)); }

 private:
  LazyMemory memory_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STABLE_ARRAY_H_
