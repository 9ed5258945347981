// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LIVE_FILTER_H_
#define TCPGAUGE_SRC_CAPTURE_LIVE_FILTER_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/base/mutex.h"
#include "src/capture/filter_program.h"
#include "src/capture/pcap_reader.h"

namespace tcpgauge {

// The filter of all live sources. Compiles the expression once for each link type, because compiling may take seconds
// and may look up names. All interfaces and workers share the program of a link type. So all sources of a link type use
// the same addresses of a host name.
//
// Thread: any. While one thread compiles, other callers wait.
//
// Design. The kernel applies the filter if the program is not too long for the kernel (FilterProgram::FitsKernel()).
// Otherwise the kernel passes every packet, cut to the snapshot length, and PcapReader applies the filter. libpcap
// could apply such a filter too, but would not pass the snapshot length to the kernel. Whole packets of up to 64 kB
// would then fill the ring.
class LiveFilter {
 public:
  // `expression` is a pcap-filter(7) expression, not yet compiled; an empty one passes all packets.
  explicit LiveFilter(std::string expression) : expression_(std::move(expression)) {}
  LiveFilter(const LiveFilter&) = delete;
  LiveFilter& operator=(const LiveFilter&) = delete;

  // Compiles the filter for the link type of `handle`, unless that was done before. Errors: those of
  // FilterProgram::Compile(), and kInvalidArgument when the filter tests what only the kernel knows about a packet
  // (inbound, outbound, ifindex), but is too long for the kernel, or is for packets that netfilter logs.
  absl::Status Compile(pcap_t* handle) { return ProgramFor(handle).status(); }

  // Makes `reader` deliver only packets that pass the filter, from now on. `handle` states the packets' link type: it
  // is the reader's own, or a dead handle (pcap_open_dead(3)) if the reader's socket moves to an interface of another
  // link type. Errors: those of Compile() and FilterProgram::Set(), and kUnavailable for any other error of libpcap.
  // After an error the reader keeps its filter.
  absl::Status Set(pcap_t* handle, PcapReader* reader);

  // Returns an error if `program`, compiled from `expression` for DLT_NFLOG, asks the kernel. libpcap itself applies
  // the filter to packets that netfilter logs. Errors: those of FilterProgram::CheckWithoutKernel().
  static absl::Status CheckForNetfilter(const FilterProgram& program, const std::string& expression);

 private:
  struct Program {
    std::shared_ptr<const FilterProgram> program;
    bool in_kernel;
  };

  absl::StatusOr<Program> ProgramFor(pcap_t* handle);

  const std::string expression_;
  Mutex mutex_;
  std::map<int, Program> programs_ ABSL_GUARDED_BY(mutex_);  // by link type (DLT_*)
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LIVE_FILTER_H_
