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
  std::string filter;  // a pcap filter expression; empty passes all packets
  bool promiscuous = false;
  int snaplen_bytes = 0;
  int buffer_size_kib = 0;
  bool wait = false;  // accept an interface that is not there yet or is down, and wait for it
};

// The kernel may hold packets back for this long before it hands them over.
constexpr int kCaptureTimeoutMs = 20;

// Opens an interface for capture. The interface may disappear and return later.
//
// Owner: the source owns its sockets and the capture ring in them.
// Thread: open on one thread, then confine the source to one.
// Errors: kNotFound (no such interface), kPermissionDenied, kInvalidArgument (the filter), kUnavailable (any other
// error of the operating system). The first two name the interface and a remedy.
//
// Design. The agent drops its privileges after the start, and opening a packet socket needs one. So a source keeps its
// socket and moves it: bind(2) to another interface needs no privilege. The worker calls Poll() a few times a second.
// Poll() asks with a few ioctls whether the interface exists, is up, and has its name. That is cheap, so the worker
// does not poll less often while an interface is away.
//
// - Down, then up: the kernel stops and resumes by itself. The source ignores libpcap's error in between.
// - Deleted, then created again: the interface has a new index. The source keeps its socket, ring and statistics, so no
//   counter falls. It sets a rejecting filter, binds the socket to the new index, and sets promiscuous mode and the
//   filter again. If Ethernet became a tunnel of raw IP, or the reverse, it compiles the filter for the new kind of
//   packets. Kinds that libpcap opens with another kind of socket (PPP) need a restart, and the condition says so.
// - Renamed: the source follows the device and reports it under its first name. When another device takes the first
//   name, the source captures that device.
// - Not there yet (`wait`): the source opens `any`, which always exists, rejects all packets, and binds the socket to
//   the loopback interface meanwhile (it is parked). The socket is cooked: the kernel strips link headers of every
//   kind, so the socket can be bound to every kind of interface. Therefore filters on link addresses do not work with
//   it, and a packet's wire length includes 20 bytes of cooked header.
// - `any` always exists. The worker learns each interface's index from its first packet, and polls the known ones twice
//   a second (InterfaceRegistry).
// - Netfilter's log (`nflog`) is not a network interface and cannot be polled. An error ends the source.
//
// Every source sets a filter, even an empty one, because libpcap passes the snapshot length to the kernel with the
// filter. Without a filter the kernel copied whole GSO packets of 64 kB: 4,544 of 44,113 packets were lost, against no
// loss with a snapshot length of 256.
absl::StatusOr<std::unique_ptr<PacketSource>> OpenInterface(const std::string& name, const LiveOptions& options);

// Opens the interface `count` times, for `count` workers that share its packets. The kernel gives each packet to one of
// them, and both directions of a connection to the same one (PACKET_FANOUT_HASH, see packet(7)). It reassembles IPv4
// fragments first. Packets that came before all sockets had joined are ignored. The kernel looks into GRE and IP in IP.
// Of VXLAN, Geneve and GTP-U it hashes the outer UDP ports, which differ by direction: capture those with one worker.
//
// Returns `count` sources. Returns a single source, for the first worker, if it has to wait for the interface.
//
// The kernel refuses to bind a socket of such a group again, and a socket leaves its group only by closing. So the
// first source keeps a spare socket outside the group, parked on the loopback interface. After the interface was
// deleted, this source captures alone until a restart, and the condition says so. Connections that were open in other
// workers' tables are midstream in its table.
absl::StatusOr<std::vector<std::unique_ptr<PacketSource>>> OpenSharedInterface(const std::string& name,
                                                                               const LiveOptions& options,
                                                                               size_t count);

// "libpcap version 1.10.3 …"
std::string CaptureLibraryVersion();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_
