// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_CURSOR_H_
#define TCPGAUGE_SRC_BASE_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"

namespace tcpgauge {

// Reads packet bytes, and nothing else reads them. Every read is checked against the end of the captured bytes.
//
// Borrows the bytes; they must outlive the cursor and all pointers that it hands out.
class Cursor {
 public:
  Cursor() = default;
  explicit Cursor(absl::Span<const uint8_t> bytes) : position_(bytes.data()), remaining_(bytes.size()) {}

  size_t remaining() const { return remaining_; }

  // The bytes from `offset` on as a `Header`, a struct of byte arrays. Null when they were not all captured.
  template <typename Header>
  const Header* PeekAt(size_t offset) const {
    static_assert(alignof(Header) == 1 && std::is_trivially_copyable<Header>::value, "not a wire layout");
    if (offset > remaining_ || remaining_ - offset < sizeof(Header)) return nullptr;
    return reinterpret_cast<const Header*>(position_ + offset);
  }

  template <typename Header>
  const Header* Peek() const {
    return PeekAt<Header>(0);
  }

  // Like Peek(), and moves past the header. When the result is null, the cursor does not move.
  template <typename Header>
  const Header* Read() {
    const Header* header = Peek<Header>();
    if (header != nullptr) Advance(sizeof(Header));
    return header;
  }

  // Moves on by `count` bytes. Returns false, and does not move, when fewer were captured.
  bool Skip(size_t count) {
    if (count > remaining_) return false;
    Advance(count);
    return true;
  }

  // Drops all bytes after the next `count`: trailers and padding are not part of a packet.
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
