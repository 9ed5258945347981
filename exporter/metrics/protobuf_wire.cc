// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/protobuf_wire.h"

#include <cstring>

namespace tcpgauge {
namespace {

constexpr uint32_t kVarint = 0;
constexpr uint32_t kFixed64 = 1;
constexpr uint32_t kBytes = 2;

void AppendTag(uint32_t field, uint32_t wire_type, std::string* out) {
  out->push_back(static_cast<char>(field << 3 | wire_type));
}

}  // namespace

void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

void AppendVarintField(uint32_t field, uint64_t value, std::string* out) {
  AppendTag(field, kVarint, out);
  AppendVarint(value, out);
}

void AppendDoubleField(uint32_t field, double value, std::string* out) {
  AppendTag(field, kFixed64, out);
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  char bytes[sizeof(bits)];  // the lowest byte first
  for (size_t i = 0; i < sizeof(bits); ++i) bytes[i] = static_cast<char>(bits >> (8 * i));
  out->append(bytes, sizeof(bytes));
}

void AppendBytesHead(uint32_t field, size_t size, std::string* out) {
  AppendTag(field, kBytes, out);
  AppendVarint(size, out);
}

void AppendBytesField(uint32_t field, std::string_view bytes, std::string* out) {
  AppendBytesHead(field, bytes.size(), out);
  out->append(bytes);
}

size_t BytesFieldSize(size_t size) { return 1 + VarintSize(size) + size; }

}  // namespace tcpgauge
