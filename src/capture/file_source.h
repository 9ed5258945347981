// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// Opens a pcap or pcapng file as a source of packets, and reads its beginning. `path` "-" means standard input, and the
// source is then named "stdin". `filter` is a pcap-filter(7) expression, and is compiled for each link type of the
// file. An empty filter passes all packets.
//
// An interface of a pcapng file has the name that the file gives it. Without such a name, and in a classic pcap file,
// the interface has the name of the source. Exception: packets of Linux cooked v2 carry the system's index of their
// interface, and an interface without a name is then called "if" and this index. At most InterfaceNames::kMaxNames
// indexes get such a name.
//
// A pcapng file may have packets of several link types. Link types of two kinds are logged, up to 16 in all:
//
// - A link type that cannot be decoded. Its packets count as DecodeError::kUnknownLinkType, whatever the filter.
// - A link type, other than the first one, for which the filter cannot be compiled, or asks what its packets do not
//   hold. Its packets are left out.
//
// If the first link type cannot be decoded, the filter is checked as a filter for Ethernet. Packets that are longer
// than the snapshot length in the file are read whole, and the log says so once. Impossible times are corrected (see
// FileTimes).
//
// Thread: the source is confined to one thread, which need not be the thread that opens it.
// Errors: all name the file, except those of the filter.
//
// - On opening: kNotFound when the file cannot be opened. kDataLoss when it cannot be read, when its header is cut off
//   or damaged, or when a classic pcap file has a link type that cannot be decoded. kInvalidArgument when the filter is
//   invalid or asks what only the kernel knows (`inbound` and `ifindex`, except where the packets hold it), or when the
//   file is no capture or is compressed, because then the option names a wrong file.
// - On reading: kDataLoss when the file is cut off or damaged, or when it has packets, but none of a link type that can
//   be decoded, whatever the filter. All packets before the error are delivered.
absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
