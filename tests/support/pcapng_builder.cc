// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pcapng_builder.h"

#include <algorithm>

namespace tcpgauge {

void PcapngBuilder::Put(uint64_t value, size_t size, Bytes* bytes) const {
  for (size_t i = 0; i < size; ++i) {
    bytes->push_back(static_cast<uint8_t>(value >> 8 * (swapped_ ? size - 1 - i : i)));
  }
}

PcapngBuilder& PcapngBuilder::Section(Order order, uint16_t major_version) {
  swapped_ = order == Order::kSwapped;
  Bytes body;
  Put(0x1a2b3c4d, 4, &body);
  Put(major_version, 2, &body);
  Put(0, 2, &body);
  Put(UINT64_MAX, 8, &body);
  return Block(0x0a0d0d0a, body);
}

PcapngBuilder& PcapngBuilder::Interface(uint16_t link_type, const InterfaceOptions& options) {
  Bytes body;
  Put(link_type, 2, &body);
  Put(0, 2, &body);
  Put(options.snaplen, 4, &body);
  if (options.name.has_value()) {
    Put(2, 2, &body);
    Put(options.name->size(), 2, &body);
    body.insert(body.end(), options.name->begin(), options.name->end());
    body.resize((body.size() + 3) / 4 * 4);
  }
  if (options.resolution.has_value()) {
    Put(9, 2, &body);
    Put(1, 2, &body);
    body.insert(body.end(), {*options.resolution, 0, 0, 0});
  }
  if (options.offset_seconds.has_value()) {
    Put(14, 2, &body);
    Put(8, 2, &body);
    Put(static_cast<uint64_t>(*options.offset_seconds), 8, &body);
  }
  Put(0, 4, &body);
  return Block(1, body);
}

PcapngBuilder& PcapngBuilder::PacketBlock(uint32_t type, Bytes body, uint64_t time, const Bytes& bytes,
                                          uint32_t uncaptured) {
  Put(time >> 32, 4, &body);
  Put(time & UINT32_MAX, 4, &body);
  Put(bytes.size(), 4, &body);
  Put(bytes.size() + uncaptured, 4, &body);
  body.insert(body.end(), bytes.begin(), bytes.end());
  return Block(type, std::move(body));
}

PcapngBuilder& PcapngBuilder::Packet(uint32_t interface, uint64_t time, const Bytes& bytes, uint32_t uncaptured) {
  Bytes body;
  Put(interface, 4, &body);
  return PacketBlock(6, std::move(body), time, bytes, uncaptured);
}

PcapngBuilder& PcapngBuilder::ObsoletePacket(uint16_t interface, uint64_t time, const Bytes& bytes,
                                             uint32_t uncaptured) {
  Bytes body;
  Put(interface, 2, &body);
  Put(0, 2, &body);
  return PacketBlock(2, std::move(body), time, bytes, uncaptured);
}

PcapngBuilder& PcapngBuilder::SimplePacket(uint32_t wire_bytes, const Bytes& bytes) {
  Bytes body;
  Put(wire_bytes, 4, &body);
  body.insert(body.end(), bytes.begin(), bytes.end());
  return Block(3, std::move(body));
}

PcapngBuilder& PcapngBuilder::PacketFlags(uint32_t flags) {
  Bytes value;
  Put(flags, 4, &value);
  return Option(2, 4, value);
}

PcapngBuilder& PcapngBuilder::Option(uint16_t code, uint16_t stated_bytes, const Bytes& value) {
  bytes_.resize(bytes_.size() - 4);  // the length after the body
  Put(code, 2, &bytes_);
  Put(stated_bytes, 2, &bytes_);
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  bytes_.resize((bytes_.size() + 3) / 4 * 4);
  Bytes length;
  Put(bytes_.size() + 4 - block_, 4, &length);
  std::copy(length.begin(), length.end(), bytes_.begin() + static_cast<ptrdiff_t>(block_) + 4);
  bytes_.insert(bytes_.end(), length.begin(), length.end());
  return *this;
}

PcapngBuilder& PcapngBuilder::Block(uint32_t type, Bytes body) {
  block_ = bytes_.size();
  body.resize((body.size() + 3) / 4 * 4);
  Put(type, 4, &bytes_);
  Put(body.size() + 12, 4, &bytes_);
  bytes_.insert(bytes_.end(), body.begin(), body.end());
  Put(body.size() + 12, 4, &bytes_);
  return *this;
}

}  // namespace tcpgauge
