// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_pool.h"

#include "absl/container/flat_hash_set.h"

namespace tcpgauge {

IdentityRef IdentityPool::Get(const EndIdentity& identity) {
  std::weak_ptr<const NumberedIdentity>& known = identities_[identity];
  if (IdentityRef ref = known.lock()) return ref;
  auto added = std::make_shared<NumberedIdentity>();
  added->number = ++last_number_;
  added->identity = identity;
  if (!identity.workload.empty()) {
    uint32_t& number = workloads_[{identity.namespace_name, identity.workload}];
    if (number == 0) number = ++last_workload_number_;
    added->workload_number = number;
  }
  uint32_t& label_number = labels_[LabelsOf(identity)];
  if (label_number == 0) label_number = ++last_label_number_;
  added->label_number = label_number;
  known = added;
  return added;
}

void IdentityPool::ForgetUnused() {
  absl::flat_hash_set<Workload> used_workloads;
  absl::flat_hash_set<Labels> used_labels;
  for (auto i = identities_.begin(); i != identities_.end();) {
    const auto here = i++;
    if (here->second.expired()) {
      identities_.erase(here);
    } else {
      used_workloads.insert({here->first.namespace_name, here->first.workload});
      used_labels.insert(LabelsOf(here->first));
    }
  }
  for (auto i = workloads_.begin(); i != workloads_.end();) {
    const auto here = i++;
    if (!used_workloads.contains(here->first)) workloads_.erase(here);
  }
  for (auto i = labels_.begin(); i != labels_.end();) {
    const auto here = i++;
    if (!used_labels.contains(here->first)) labels_.erase(here);
  }
}

}  // namespace tcpgauge
