// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "src/capture/live_filter.h"
#include "src/capture/owner_function.h"
#include "src/capture/packet_source.h"

namespace tcpgauge {

// How to capture on an interface. The caller sets every field. The values here are not defaults: Options has the
// defaults.
struct LiveOptions {
  std::shared_ptr<LiveFilter> filter;  // required; shared by all sources, so that it is compiled once
  bool promiscuous = false;
  int snaplen_bytes = 0;    // how much of each packet is captured
  int buffer_size_kib = 0;  // of the kernel's ring for this socket
  // True: accept an interface that does not exist yet or is down, and capture once it is up. No effect for `any` and
  // for netfilter's devices.
  bool wait = false;
};

// The kernel may hold a packet back for this long before it hands the packet over.
constexpr int kCaptureTimeoutMs = 20;

// Opens an interface for capture. `name` is an interface, `any` for all interfaces, or another device of libpcap such
// as `nflog`. The interface may disappear and return later.
//
// Owner: the source owns its sockets and their rings.
// Thread: any thread may open the source, which is then confined to one thread.
// Errors: kNotFound (there is no such interface, or it is down), kPermissionDenied, kInvalidArgument (the filter is
// wrong, the link type cannot be decoded, no interface can have this name, or CheckNetfilterName() refuses it),
// kUnavailable (any other error of the operating system). The messages of kNotFound and kPermissionDenied name the
// interface and a remedy. Read() fails with kUnavailable.
//
// Design. Opening a packet socket needs a privilege, and the agent drops its privileges after the start. Therefore a
// source keeps its socket for ever and moves it to another interface with bind(2), which needs no privilege. The worker
// calls Poll() a few times a second. Poll() asks with a few ioctls whether the interface exists, is up, and still has
// its name. That is cheap, so the worker polls just as often while an interface is away.
//
// - Down, then up: the kernel stops and resumes capture by itself. The source ignores libpcap's error in between.
// - Deleted, then created again: the interface has a new index. The source keeps its socket, ring and statistics, so
//   that no counter falls. It sets a filter that rejects all packets, binds the socket to the new index, and sets
//   promiscuous mode and its own filter again. If the old interface was Ethernet and the new one is a tunnel of raw IP,
//   or the reverse, the source compiles the filter for the new kind of packets. An interface of a kind for which
//   libpcap opens another type of socket (PPP) needs a restart of the agent, and SourceCondition::remark says so.
// - Renamed: the source follows the device and reports it under its first name. When another device takes the first
//   name, the source captures that device instead.
// - Not there yet, or down (`wait`): the source opens `any`, which always exists, and parks the socket. That means that
//   it sets a filter that rejects all packets, and binds the socket to the loopback interface. When the interface
//   appears, Poll() moves the socket there. This socket is "cooked": the kernel strips the link header of every packet.
//   Therefore the socket can be bound to an interface of any kind. But filters on link addresses do not work, and a
//   packet's wire length includes the 20 bytes of libpcap's cooked header.
// - A packet's direction: on an interface with Ethernet frames, the source compares the sender's address in each frame
//   with the address of the interface, which each Poll() reads again. A frame of another sender that the host forwards
//   as a bridge looks received, even on the interface that sends it. Cooked headers tell the direction themselves. In
//   all other cases, the direction is unknown.
// - `any`: it always exists. The worker learns the index of each interface from the first packet there, asks LinkNames
//   for its name, and polls the known interfaces twice a second (InterfaceRegistry).
// - Netfilter's log (`nflog`): it is not a network interface and cannot be polled. An error ends the source. libpcap
//   also reports two errors that do not end it: no packets are available, and the kernel's buffer was full. The kernel
//   hands over several packets at once, and libpcap reads at most 128 bytes more than the snapshot length. Therefore
//   the snapshot length is libpcap's largest.
//
// Every source sets a filter, even an empty one, because libpcap passes the snapshot length to the kernel with the
// filter. Without a filter, the kernel copied whole packets of up to 64 kB, as segmentation offload makes them, and
// 4,544 of 44,113 packets were lost. With a snapshot length of 256 no packet was lost.
absl::StatusOr<std::unique_ptr<PacketSource>> OpenInterface(const std::string& name, const LiveOptions& options);

// Opens the interface once for each worker of `owners`. The workers share its packets.
//
// Returns a source for each worker. However, if the interface has to be waited for (LiveOptions::wait), returns a
// single source, for the first worker.
//
// The sockets form a group. The kernel first reassembles IPv4 fragments. It then runs OwnerProgram(), and so gives
// nearly every packet to the owner of its 4-tuple. A worker that gets a packet of another owner must hand it over (see
// Handover). Packets that came before all sockets had joined the group are ignored.
//
// A kernel before Linux 4.3 cannot run a program for a group. There the kernel distributes the packets by its own hash
// of addresses and ports (PACKET_FANOUT_HASH, see packet(7)), and workers hand most packets over.
//
// Errors: those of OpenInterface(), and kUnavailable when the interface cannot be shared.
//
// Design. The kernel does not bind a socket of a group to another interface, and a socket leaves its group only by
// closing. Therefore the first source keeps a spare socket outside the group, parked on the loopback interface. (`any`
// needs no spare socket, because it is never deleted.) After the interface was deleted and created again, the first
// source captures alone until a restart of the agent, and SourceCondition::remark says so. An interface that had to be
// waited for also has only the first source. The first worker then hands over the packets of other owners.
absl::StatusOr<std::vector<std::unique_ptr<PacketSource>>> OpenSharedInterface(const std::string& name,
                                                                               const LiveOptions& options,
                                                                               const OwnerFunction& owners);

// Returns what libpcap says of itself: "libpcap version 1.10.3 …".
std::string CaptureLibraryVersion();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_
