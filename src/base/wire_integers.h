// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_WIRE_INTEGERS_H_
#define TCPGAUGE_SRC_BASE_WIRE_INTEGERS_H_

#include <cstdint>

namespace tcpgauge {

// Unsigned integers as they stand in a packet. In the names, Be is big endian (network byte order), Le is little
// endian, and 16, 24 or 32 is the width in bits.
//
// Each class is an array of bytes. So a header struct that consists of these classes has no padding, needs no
// alignment, and can be laid over packet bytes at any address (see Cursor). The value can be read only by ToHost(),
// which returns it in host byte order.

class Be16 {
 public:
  constexpr uint16_t ToHost() const { return static_cast<uint16_t>(bytes_[0] << 8 | bytes_[1]); }

 private:
  uint8_t bytes_[2];
};

class Be24 {
 public:
  constexpr uint32_t ToHost() const {
    return static_cast<uint32_t>(bytes_[0]) << 16 | static_cast<uint32_t>(bytes_[1]) << 8 | bytes_[2];
  }

 private:
  uint8_t bytes_[3];
};

class Be32 {
 public:
  constexpr uint32_t ToHost() const {
    return static_cast<uint32_t>(bytes_[0]) << 24 | static_cast<uint32_t>(bytes_[1]) << 16 |
           static_cast<uint32_t>(bytes_[2]) << 8 | bytes_[3];
  }

 private:
  uint8_t bytes_[4];
};

class Le16 {
 public:
  constexpr uint16_t ToHost() const { return static_cast<uint16_t>(bytes_[1] << 8 | bytes_[0]); }

 private:
  uint8_t bytes_[2];
};

class Le32 {
 public:
  constexpr uint32_t ToHost() const {
    return static_cast<uint32_t>(bytes_[3]) << 24 | static_cast<uint32_t>(bytes_[2]) << 16 |
           static_cast<uint32_t>(bytes_[1]) << 8 | bytes_[0];
  }

 private:
  uint8_t bytes_[4];
};

static_assert(sizeof(Be16) == 2 && sizeof(Be24) == 3 && sizeof(Be32) == 4 && alignof(Be32) == 1, "no padding");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_WIRE_INTEGERS_H_
