// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// The caller sets all of them; the defaults are in Options.
struct LiveOptions {
  std::string filter;  // a pcap filter expression; empty = all
  bool promiscuous = false;
  int snaplen_bytes = 0;
  int buffer_size_kib = 0;
  bool wait = false;  // for an interface that is not there yet, or is down
};

// How long the kernel may hold packets back before it hands them over, and so how late they may come.
constexpr int kCaptureTimeoutMs = 20;

// The sources keep their sockets when the interface is deleted, and bind them to it when it is there again: that needs
// no privilege, where opening another socket does. A renamed interface is followed, unless another takes the name. With
// LiveOptions::wait an interface may also come for the first time; it is then captured without its link layer (Linux
// cooked), since of what kind it will be is not known.
//
// Errors name the interface and say what would be right: kNotFound (no such interface), kPermissionDenied,
// kInvalidArgument (filter), kUnavailable (anything else of the operating system).
absl::StatusOr<std::unique_ptr<PacketSource>> OpenInterface(const std::string& name, const LiveOptions& options);

// Opens the interface `count` times, for as many threads that share its packets: the kernel gives each packet to one of
// them, and both directions of a connection to the same one (PACKET_FANOUT_HASH, see packet(7)). Sockets of such a
// group cannot be bound again, so an interface that was deleted comes back to the first of the sources alone, which
// keeps a spare one; of an interface that is waited for there is no other source.
absl::StatusOr<std::vector<std::unique_ptr<PacketSource>>> OpenSharedInterface(const std::string& name,
                                                                               const LiveOptions& options,
                                                                               size_t count);

// "libpcap version 1.10.3 …"
std::string CaptureLibraryVersion();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_
