// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_PCAPNG_BUILDER_H_
#define TCPGAUGE_TESTS_SUPPORT_PCAPNG_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tcpgauge {

// Builds a pcapng file block by block. The constructor begins the first section.
//
// Bounds: the order of blocks is not checked, so a test can build invalid files.
class PcapngBuilder {
 public:
  using Bytes = std::vector<uint8_t>;
  enum class Order { kHost, kSwapped };

  explicit PcapngBuilder(Order order = Order::kHost) { Section(order); }

  // Begins a section. The section and its blocks have the byte order `order`.
  PcapngBuilder& Section(Order order = Order::kHost, uint16_t major_version = 1);

  struct InterfaceOptions {
    uint32_t snaplen = 0;
    std::optional<std::string> name = std::nullopt;        // if_name
    std::optional<uint8_t> resolution = std::nullopt;      // if_tsresol
    std::optional<int64_t> offset_seconds = std::nullopt;  // if_tsoffset
  };
  PcapngBuilder& Interface(uint16_t link_type) { return Interface(link_type, InterfaceOptions()); }
  PcapngBuilder& Interface(uint16_t link_type, const InterfaceOptions& options);

  // An enhanced packet block, without options; see PacketFlags() and Option(). The packet on the wire is `uncaptured`
  // bytes longer than `bytes`.
  PcapngBuilder& Packet(uint32_t interface, uint64_t time, const Bytes& bytes, uint32_t uncaptured = 0);
  PcapngBuilder& ObsoletePacket(uint16_t interface, uint64_t time, const Bytes& bytes, uint32_t uncaptured = 0);
  PcapngBuilder& SimplePacket(uint32_t wire_bytes, const Bytes& bytes);

  // Append to the block that was added last. PacketFlags() appends the option epb_flags to a packet block. Option()
  // appends any option, which states the length `stated_bytes` and has the bytes `value`, padded to a multiple of four.
  PcapngBuilder& PacketFlags(uint32_t flags);
  PcapngBuilder& Option(uint16_t code, uint16_t stated_bytes, const Bytes& value);

  // Any block. `body` is padded to a multiple of four bytes.
  PcapngBuilder& Block(uint32_t type, Bytes body);

  const Bytes& bytes() const { return bytes_; }

 private:
  // Appends the lowest `size` bytes of `value` to `bytes`, in the section's byte order.
  void Put(uint64_t value, size_t size, Bytes* bytes) const;
  PcapngBuilder& PacketBlock(uint32_t type, Bytes body, uint64_t time, const Bytes& bytes, uint32_t uncaptured);

  bool swapped_ = false;
  Bytes bytes_;
  size_t block_ = 0;  // offset of the last block in bytes_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_PCAPNG_BUILDER_H_
