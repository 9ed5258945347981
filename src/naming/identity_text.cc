// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_text.h"

#include "src/naming/shared_text.h"

namespace tcpgauge {

std::string ShownName(const EndIdentity& identity) {
  const SharedText& name = !identity.pod.empty()         ? identity.pod
                           : !identity.workload.empty()  ? identity.workload
                           : !identity.container.empty() ? identity.container
                                                         : identity.service;
  std::string shown(identity.namespace_name);
  if (name.empty()) return std::string();
  if (!shown.empty()) shown += '/';
  return shown += name.view();
}

std::string WorkloadKindText(const EndIdentity& identity) {
  std::string text(identity.workload_kind);
  if (!text.empty() && identity.is_guess) text += kGuessMark;
  return text;
}

}  // namespace tcpgauge
