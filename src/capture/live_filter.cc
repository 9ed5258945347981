// SPDX-License-Identifier: Apache-2.0
#include "src/capture/live_filter.h"

#include "absl/strings/str_cat.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

// Makes the kernel pass every packet, cut to the snapshot length.
absl::Status SetAcceptingFilter(pcap_t* handle) {
  bpf_insn accept = BPF_STMT(BPF_RET | BPF_K, static_cast<bpf_u_int32>(pcap_snapshot(handle)));
  bpf_program program = {1, &accept};
  if (pcap_setfilter(handle, &program) == 0) return absl::OkStatus();
  return absl::UnavailableError(pcap_geterr(handle));
}

}  // namespace

absl::Status LiveFilter::Set(pcap_t* handle, PcapReader* reader) {
  const absl::StatusOr<Program> compiled = ProgramFor(handle);
  if (!compiled.ok()) return compiled.status();
  if (absl::Status status =
          compiled->in_kernel ? compiled->program->Set(reader->handle()) : SetAcceptingFilter(reader->handle());
      !status.ok()) {
    return status;
  }
  reader->SetFilter(compiled->in_kernel ? nullptr : compiled->program);
  return absl::OkStatus();
}

absl::Status LiveFilter::CheckForNetfilter(const FilterProgram& program, const std::string& expression) {
  return program.CheckWithoutKernel(
      expression,
      "and not of packets that netfilter logs; leave this out, and log only these packets by netfilter's rule");
}

absl::StatusOr<LiveFilter::Program> LiveFilter::ProgramFor(pcap_t* handle) {
  const MutexLock lock(&mutex_);
  const int link_type = pcap_datalink(handle);
  const auto known = programs_.find(link_type);
  if (known != programs_.end()) return known->second;
  absl::StatusOr<FilterProgram> program = FilterProgram::Compile(handle, expression_);
  if (!program.ok()) return program.status();
  if (link_type == DLT_NFLOG) {
    if (absl::Status status = CheckForNetfilter(*program, expression_); !status.ok()) return status;
  }
  const bool in_kernel = program->FitsKernel();
  Program entry = {std::make_shared<const FilterProgram>(*std::move(program)), in_kernel};
  if (!in_kernel) {
    LogWarn("the kernel does not accept so long a filter; this process filters the packets",
            {{"instructions", absl::StrCat(entry.program->instructions())}});
    if (entry.program->AsksKernel()) {
      // For a dead handle, libpcap compiles a program that looks for VLAN tags in the packet.
      const PcapHandle dead(pcap_open_dead(link_type, pcap_snapshot(handle)));
      absl::StatusOr<FilterProgram> offline = FilterProgram::Compile(dead.get(), expression_);
      if (!offline.ok()) return offline.status();
      if (absl::Status status = offline->CheckWithoutKernel(
              expression_, absl::StrCat("and the filter is too long for the kernel (", offline->instructions(),
                                        " instructions); use a shorter filter, or leave this out"));
          !status.ok()) {
        return status;
      }
      entry.program = std::make_shared<const FilterProgram>(*std::move(offline));
    }
  }
  programs_.emplace(link_type, entry);
  return entry;
}

}  // namespace tcpgauge
