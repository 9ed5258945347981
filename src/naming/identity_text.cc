// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_text.h"

#include "absl/strings/str_cat.h"

namespace tcpgauge {

std::string ShownName(const EndIdentity& identity) {
  const std::string& name = !identity.pod.empty()         ? identity.pod
                            : !identity.workload.empty()  ? identity.workload
                            : !identity.container.empty() ? identity.container
                                                          : identity.service;
  if (name.empty() || identity.namespace_name.empty()) return name;
  return absl::StrCat(identity.namespace_name, "/", name);
}

std::string WorkloadKindText(const EndIdentity& identity) {
  if (identity.workload_kind.empty() || !identity.is_guess) return identity.workload_kind;
  return absl::StrCat(identity.workload_kind, std::string(kGuessMark));
}

}  // namespace tcpgauge
