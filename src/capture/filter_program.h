// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILTER_PROGRAM_H_
#define TCPGAUGE_SRC_CAPTURE_FILTER_PROGRAM_H_

#include <pcap/pcap.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tcpgauge {

// A compiled filter expression. Owns the program. Thread: one thread at a time, except Matches(), which several threads
// may call at the same time.
//
// Design. libpcap's optimiser makes a program three to ten times shorter, but the optimiser's own time grows faster
// than the square of the program's length. The optimiser takes a quarter of an hour for a filter of 3,000 hosts, and
// cannot be interrupted. Therefore Compile() compiles without the optimiser first, and optimises only a program of at
// most kMaxOptimizedInstructions, which takes about a second at most. PERFORMANCE.md has the figures.
class FilterProgram {
 public:
  // The longest program that Compile() optimises, in instructions before optimising. libpcap makes some 30 instructions
  // for a host, 36 for a network, 64 for a port.
  static constexpr size_t kMaxOptimizedInstructions = 8192;

  // Compiles `filter`, a pcap-filter(7) expression, for the link type and snapshot length of `handle`. An empty filter
  // passes all packets. Logs when the program is too long to be optimised. Looks up the names of hosts in `filter`.
  // Errors: kInvalidArgument when `filter` is wrong, or when the optimiser finds that the filter rejects every packet.
  // The message quotes the beginning of `filter`.
  static absl::StatusOr<FilterProgram> Compile(pcap_t* handle, const std::string& filter);

  FilterProgram(FilterProgram&& other) noexcept : program_(std::exchange(other.program_, {})) {}
  FilterProgram& operator=(FilterProgram&&) = delete;
  ~FilterProgram() { pcap_freecode(&program_); }

  size_t instructions() const { return program_.bf_len; }

  // Whether the packet passes the filter. `bytes` has header.caplen bytes. REQUIRES: !AsksKernel().
  bool Matches(const pcap_pkthdr& header, const uint8_t* bytes) const {
    return pcap_offline_filter(&program_, &header, bytes) != 0;
  }

  // Whether the program reads what only the kernel knows of a packet: its direction (inbound, outbound), its interface
  // (ifindex), or the VLAN tag that a network card removed. Outside the kernel, the program rejects each packet for
  // which it asks. A program for a dead handle (pcap_open_dead(3)) reads VLAN tags from the packet. Which words ask the
  // kernel depends on the link type: the header of a Linux cooked packet holds the direction, and in version 2 the
  // interface.
  bool AsksKernel() const;

  // Returns OK unless AsksKernel(). Otherwise kInvalidArgument: the message quotes the beginning of `filter`, the
  // expression of this program, names its words that only the kernel can answer, and ends with `why`: why the kernel
  // is not asked, and what would be right.
  absl::Status CheckWithoutKernel(const std::string& filter, const std::string& why) const;

  // Whether the kernel accepts the program for a socket. The kernel limits a program's length (4,096 instructions) and
  // memory (the sysctl net.core.optmem_max). True if the kernel cannot be asked. Takes a few system calls.
  bool FitsKernel() const;

  // Makes `handle` apply the filter to packets from now on. The program may be destroyed afterwards. Errors:
  // kInvalidArgument when the kernel or libpcap rejects the program.
  absl::Status Set(pcap_t* handle) const;

 private:
  FilterProgram() = default;

  bpf_program program_ = {};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILTER_PROGRAM_H_
