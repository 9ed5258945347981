// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// Opens a pcap or pcapng file as a source of packets, and reads its header. `path` "-" means standard input, and the
// source is then named "stdin". `filter` is a pcap-filter(7) expression; an empty one passes all packets.
//
// Thread: the source is confined to one thread, which need not be the one that opens it.
// Errors: all name the file, except those of the filter.
//
// - On opening: kNotFound when the file cannot be opened. kInvalidArgument when it is not a capture, its link type
//   cannot be decoded, or the filter is invalid.
// - On reading: kDataLoss when the file is cut off or damaged, when a later interface of a pcapng file has a link type
//   that cannot be decoded or does not suit the filter, or when a pipe would have to be read twice (a pcapng file with
//   several link types). All packets before the error are delivered.
absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
