// SPDX-License-Identifier: Apache-2.0
#include "src/capture/filter_program.h"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "src/base/log.h"

namespace tcpgauge {
namespace {

constexpr size_t kQuotedBytes = 200;  // of a filter, in an error message

std::string Quoted(const std::string& filter) {
  if (filter.size() <= kQuotedBytes) return absl::StrCat("'", filter, "'");
  return absl::StrCat("'", filter.substr(0, kQuotedBytes), "…' (", filter.size(), " bytes)");
}

// A word that makes libpcap ask the kernel, unless the packets of the link type hold the answer.
struct KernelWord {
  absl::string_view word;
  uint32_t offset;  // from which the program loads the kernel's answer
};
constexpr KernelWord kKernelWords[] = {
    {"inbound", static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)},
    {"outbound", static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)},
    {"ifindex", static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_IFINDEX)},
};

// Whether `filter` has the word, as libpcap splits expressions into words. After a backslash, a word is a name.
bool HasWord(absl::string_view filter, absl::string_view word) {
  const auto continues_word = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  };
  for (size_t at = filter.find(word); at != absl::string_view::npos; at = filter.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || (!continues_word(filter[at - 1]) && filter[at - 1] != '\\');
    if (begins && (end == filter.size() || !continues_word(filter[end]))) return true;
  }
  return false;
}

// Whether the program reads what only the kernel knows, at one of these offsets. Behind a header of variable length,
// such as that of radiotap, libpcap makes the program add the length to the offset (BPF_IND).
bool LoadsFrom(const bpf_program& program, uint32_t first_offset, uint32_t last_offset) {
  return std::any_of(program.bf_insns, program.bf_insns + program.bf_len, [&](const bpf_insn& instruction) {
    const auto mode = BPF_MODE(instruction.code);
    return BPF_CLASS(instruction.code) == BPF_LD && (mode == BPF_ABS || mode == BPF_IND) &&
           instruction.k >= first_offset && instruction.k <= last_offset;
  });
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

bool FilterProgram::AsksKernel() const { return LoadsFrom(program_, static_cast<uint32_t>(SKF_AD_OFF), UINT32_MAX); }

absl::Status FilterProgram::CheckWithoutKernel(const std::string& filter, const std::string& why) const {
  if (!AsksKernel()) return absl::OkStatus();
  std::vector<std::string> asked, others;
  for (const KernelWord& each : kKernelWords) {
    if (!HasWord(filter, each.word)) continue;
    (LoadsFrom(program_, each.offset, each.offset) ? asked : others).push_back(absl::StrCat("'", each.word, "'"));
  }
  // Behind a header of a tunnel, libpcap adds the length of the headers before it to the offset.
  if (asked.empty()) asked = std::move(others);
  const std::string question = asked.empty()
                                   ? "it asks for bytes that no packet has"
                                   : absl::StrCat("only the kernel can answer ", absl::StrJoin(asked, " and "));
  return absl::InvalidArgumentError(absl::StrCat("filter ", Quoted(filter), ": ", question, ", ", why));
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
