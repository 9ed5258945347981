// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_PROTOBUF_WIRE_H_
#define TCPGAUGE_EXPORTER_METRICS_PROTOBUF_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tcpgauge {

// The parts of protobuf's binary format (protobuf.dev, "Encoding") from which WriteProtobuf() builds messages. The
// Append functions append to `*out`. REQUIRES: 0 < field < 16, so that the tag of a field is one byte.

// Appends `value` in groups of seven bits, the lowest group first.
void AppendVarint(uint64_t value, std::string* out);
// Returns how many bytes AppendVarint() appends for `value`.
size_t VarintSize(uint64_t value);

// Returns the unsigned number that stands for `value` in a field of type sint32 or sint64. It is small if `value` is
// near 0, also if `value` is negative.
constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value < 0 ? -1 : 0);
}

// Appends a field of the type uint32, uint64 or enum; with ZigZag() also sint32 or sint64.
void AppendVarintField(uint32_t field, uint64_t value, std::string* out);
// Appends a field of the type double.
void AppendDoubleField(uint32_t field, double value, std::string* out);
// Appends a field of the type string, bytes, or a message, or a packed repeated field.
void AppendBytesField(uint32_t field, std::string_view bytes, std::string* out);
// Appends what AppendBytesField() appends before the bytes, for `size` bytes.
void AppendBytesHead(uint32_t field, size_t size, std::string* out);
// Returns how many bytes AppendBytesField() appends for `size` bytes.
size_t BytesFieldSize(size_t size);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_PROTOBUF_WIRE_H_
