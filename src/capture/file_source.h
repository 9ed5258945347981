// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// `path` is a pcap or pcapng file, or "-" for standard input. Errors name the file: kNotFound (cannot be opened),
// kInvalidArgument (no capture, a link type that cannot be decoded, or the filter). While reading, kDataLoss: the file
// is cut off or damaged; all packets before have been read.
absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_SOURCE_H_
