// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_OWNER_PROGRAM_H_
#define TCPGAUGE_SRC_CAPTURE_OWNER_PROGRAM_H_

#include <linux/filter.h>

#include <vector>

#include "src/capture/owner_function.h"

namespace tcpgauge {

// Returns a program of classic BPF by which the kernel distributes packets to the workers (PACKET_FANOUT_CBPF, see
// packet(7)). The program returns the index of a worker:
//
// - An unfragmented TCP segment directly after the IPv4 or IPv6 header: OwnerFunction::OwnerOf() of its endpoints, so
//   that its owner captures it. Up to two VLAN tags (besides a tag that the kernel has removed), PPPoE, and up to three
//   MPLS labels may stand in front of IP.
// - Any other IP packet: OwnerFunction::OwnerOfDatagrams(). Both directions of a tunnel over UDP, GRE or IP therefore
//   come to one worker, which captures their packets in order. So do all fragments of a datagram.
// - Any other frame: worker 0, so that both directions come to one worker here too.
//
// Worker 0 also gets a packet whose headers are not where the kernel can read them. The worker that captures a packet
// hands it over to its owner (Handover), so the program only saves work.
//
// Design. Offsets in the program count from the network header (SKF_NET_OFF). Plain offsets count from the link header
// in a sent packet, but from the network header in a received one. Ports of UDP do not count, because the outer source
// port of VXLAN and others differs by direction.
std::vector<sock_filter> OwnerProgram(const OwnerFunction& owners);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_OWNER_PROGRAM_H_
