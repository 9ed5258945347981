// SPDX-License-Identifier: Apache-2.0
#include "src/capture/filter_program.h"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr size_t kQuotedBytes = 200;  // of a filter, in an error message

std::string Quoted(const std::string& filter) {
  if (filter.size() <= kQuotedBytes) return absl::StrCat("'", filter, "'");
  return absl::StrCat("'", filter.substr(0, kQuotedBytes), "…' (", filter.size(), " bytes)");
}

}  // namespace

absl::StatusOr<FilterProgram> FilterProgram::Compile(pcap_t* handle, const std::string& filter) {
  FilterProgram plain;
  if (pcap_compile(handle, &plain.program_, filter.c_str(), /*optimize=*/0, PCAP_NETMASK_UNKNOWN) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter ", Quoted(filter), ": ", pcap_geterr(handle), " (see pcap-filter(7))"));
  }
  if (plain.instructions() > kMaxOptimizedInstructions) {
    LogWarn("the filter is too long to be optimised; each packet takes longer",
            {{"instructions", absl::StrCat(plain.instructions())},
             {"optimised_up_to", absl::StrCat(kMaxOptimizedInstructions)}});
    return plain;
  }
  FilterProgram optimized;
  if (pcap_compile(handle, &optimized.program_, filter.c_str(), /*optimize=*/1, PCAP_NETMASK_UNKNOWN) != 0) {
    // The optimiser refuses a filter that rejects every packet.
    return absl::InvalidArgumentError(
        absl::StrCat("filter ", Quoted(filter), ": ", pcap_geterr(handle), " (see pcap-filter(7))"));
  }
  return optimized;
}

bool FilterProgram::AsksKernel() const {
  return std::any_of(program_.bf_insns, program_.bf_insns + program_.bf_len, [](const bpf_insn& instruction) {
    return BPF_CLASS(instruction.code) == BPF_LD && BPF_MODE(instruction.code) == BPF_ABS &&
           instruction.k >= static_cast<uint32_t>(SKF_AD_OFF);
  });
}

bool FilterProgram::FitsKernel() const {
  if (program_.bf_len > BPF_MAXINSNS) return false;
  // Ask with a socket that receives nothing. libpcap would print a warning of its own when its socket is refused.
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;
  // libpcap's and the kernel's instructions have the same layout.
  const sock_fprog program = {static_cast<unsigned short>(program_.bf_len),
                              reinterpret_cast<sock_filter*>(program_.bf_insns)};
  const bool fits = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
  close(fd);
  return fits;
}

absl::Status FilterProgram::Set(pcap_t* handle) const {
  bpf_program program = program_;  // libpcap copies the instructions and does not write to them
  if (pcap_setfilter(handle, &program) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the kernel rejects the filter: ", pcap_geterr(handle)));
}

}  // namespace tcpgauge
