// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_FILE_PACKETS_H_
#define TCPGAUGE_TESTS_SUPPORT_FILE_PACKETS_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "src/capture/packet_source.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// What a test sees of the packets of a capture file. A plain value.
struct FilePackets {
  // A packet: its time, length on the wire, kind, and source port if it is a TCP segment (otherwise 0).
  using Packet = std::tuple<int64_t, uint32_t, DecodedPacket::Kind, uint16_t>;

  std::vector<std::vector<Packet>> batches;  // without empty batches
  std::vector<std::string> interfaces;       // the name for each packet, in order; empty after ReadFileByLibrary()
  std::vector<PacketDirection> directions;   // for each packet, in order; empty after ReadFileByLibrary()
  std::string error;                         // of opening or reading, with "FILE" instead of the path

  std::vector<int> ports() const;  // the source ports, in order
  bool SameAs(const FilePackets& other) const { return batches == other.batches && error == other.error; }
};

// Reads a file through OpenFile().
FilePackets ReadFile(const std::string& path, const std::string& filter = "");

// Reads a file through libpcap. The texts of errors are those of OpenFile().
FilePackets ReadFileByLibrary(const std::string& path, const std::string& filter = "");

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_FILE_PACKETS_H_
