// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// Opens a pcap or pcapng file; `path` "-" is standard input. An empty `filter` passes all packets.
//
// Thread: the source is confined to one thread.
// Errors: all name the file, except those of the filter. Opening: kNotFound (the file cannot be opened),
// kInvalidArgument (it is not a capture, its link type cannot be decoded, or the filter is invalid). Reading: kDataLoss
// (the file is cut off or damaged; all packets before were delivered).
absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
