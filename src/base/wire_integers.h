// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_WIRE_INTEGERS_H_
#define TCPGAUGE_SRC_BASE_WIRE_INTEGERS_H_

#include <cstdint>

namespace tcpgauge {

// Integers in the byte order of the wire: Be is big endian (network order), Le is little endian. They are byte arrays
// without alignment, so a header struct made of them can be laid over any packet byte, and no value can be used without
// ToHost().

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
