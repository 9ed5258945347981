// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CURSOR_H_
#define TCPGAUGE_SRC_BASE_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"

namespace tcpgauge {

// A position in the captured bytes of a packet. Every read through a cursor is checked against the end of these bytes,
// and src/decode reads packets only through cursors. So no packet can make a decoder read out of bounds.
//
// The cursor borrows the bytes. The bytes must outlive the cursor and all pointers that the cursor returns.
// Thread: one thread at a time; a plain value.
class Cursor {
 public:
  // A cursor over no bytes.
  Cursor() = default;
  explicit Cursor(absl::Span<const uint8_t> bytes) : position_(bytes.data()), remaining_(bytes.size()) {}

  // The number of bytes from the position to the end.
  size_t remaining() const { return remaining_; }

  // Returns the header that starts `offset` bytes after the position, and does not move the cursor. `Header` is a
  // struct of byte arrays (see wire_integers.h). Returns null when not all bytes of the header were captured.
  template <typename Header>
  const Header* PeekAt(size_t offset) const {
    static_assert(alignof(Header) == 1 && std::is_trivially_copyable<Header>::value, "not a wire layout");
    if (offset > remaining_ || remaining_ - offset < sizeof(Header)) return nullptr;
    return reinterpret_cast<const Header*>(position_ + offset);
  }

  // Returns the header at the position, like PeekAt(0).
  template <typename Header>
  const Header* Peek() const {
    return PeekAt<Header>(0);
  }

  // Returns the header at the position, and moves the cursor past it. When not all bytes of the header were captured,
  // returns null and does not move the cursor.
  template <typename Header>
  const Header* Read() {
    const Header* header = Peek<Header>();
    if (header != nullptr) Advance(sizeof(Header));
    return header;
  }

  // Moves the cursor forward by `count` bytes. When fewer bytes remain, returns false and does not move the cursor.
  bool Skip(size_t count) {
    if (count > remaining_) return false;
    Advance(count);
    return true;
  }

  // Moves the end to `count` bytes after the position, for example to drop the padding that follows a packet in its
  // frame. When fewer bytes remain, the end stays where it is.
  void Truncate(size_t count) {
    if (count < remaining_) remaining_ = count;
  }

 private:
  void Advance(size_t count) {
    position_ += count;
    remaining_ -= count;
  }

  const uint8_t* position_ = nullptr;
  size_t remaining_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_CURSOR_H_
