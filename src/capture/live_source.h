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

// Opens an interface, which may come and go. Errors name the interface and say what would be right: kNotFound (no such
// interface), kPermissionDenied, kInvalidArgument (filter), kUnavailable (anything else of the operating system).
//
// Design. The agent drops its privileges after the start, and opening a packet socket needs one. So a source keeps its
// socket, and moves it: bind(2) to another interface needs no privilege. Poll() asks a few times a second, with two or
// three ioctls, whether the interface is there, is up, and has its name. These questions are cheap, so their interval
// need not grow while an interface is away.
//
// - Down, up: the kernel stops and resumes by itself; libpcap's error in between is ignored.
// - Deleted, made anew: that is another index. The socket, its ring and its statistics are kept, so no counter falls. A
//   rejecting filter is set, the socket is bound to the new index, and promiscuous mode and the filter are set again.
//   Where Ethernet has become a tunnel of raw IP, or the reverse, the filter is compiled for the new kind of packets.
//   Kinds that libpcap opens with another kind of socket (PPP) stay away until a restart, and the condition says so.
// - Renamed: the device is followed and keeps its first name here. When another device takes that name, that one is
//   captured.
// - Not there yet (`wait`): the source opens `any`, which is always there, rejects all packets and is parked on the
//   loopback interface. That is a cooked socket, from which the kernel takes whatever link header there is, so it can
//   be bound to every kind of interface. Therefore filters on link addresses do not work with it, and a packet's wire
//   length counts 20 bytes of cooked header.
// - `any` never goes. Its interfaces are known by index once they have a packet, and are polled twice a second
//   (InterfaceRegistry).
// - Netfilter's log (`nflog`) is no network interface and cannot be polled: an error ends the source.
//
// Every source sets a filter, even an empty one, because that is how libpcap gives the kernel the snapshot length.
// Without a filter the kernel copied GSO packets of 64 kB whole: 4,544 of 44,113 packets were lost where a snapshot
// length of 256 lost none.
absl::StatusOr<std::unique_ptr<PacketSource>> OpenInterface(const std::string& name, const LiveOptions& options);

// Opens the interface `count` times, for as many workers that share its packets: the kernel gives each packet to one of
// them, and both directions of a connection to the same one (PACKET_FANOUT_HASH, see packet(7)). It puts IPv4 fragments
// together first. Packets that came before all sockets had joined are left out. The kernel looks into GRE and IP in IP,
// but of VXLAN, Geneve and GTP-U it hashes the outer UDP ports, which differ by direction: watch those with one worker.
//
// The kernel does not bind a socket of such a group again, and a socket leaves its group only by closing. So the first
// source keeps a spare socket outside of the group, parked on the loopback interface. After a deletion it captures
// alone until a restart, and the condition says so; connections that were under way in other workers' tables are
// midstream in its own. An interface that is waited for is opened by the first worker alone.
absl::StatusOr<std::vector<std::unique_ptr<PacketSource>>> OpenSharedInterface(const std::string& name,
                                                                               const LiveOptions& options,
                                                                               size_t count);

// "libpcap version 1.10.3 …"
std::string CaptureLibraryVersion();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LIVE_SOURCE_H_
