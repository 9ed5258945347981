// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_pool.h"

namespace tcpgauge {

IdentityRef IdentityPool::Get(const EndIdentity& identity) {
  if (const auto known = identities_.find(identity); known != identities_.end()) return *known;
  auto added = std::make_shared<NumberedIdentity>();
  added->number = ++last_number_;
  added->identity = identity;
  if (!identity.workload.empty()) {
    const auto [of_workload, is_new] = workloads_.insert(added.get());
    added->workload_number = is_new ? ++last_workload_number_ : (*of_workload)->workload_number;
  }
  if (const auto labels = LabelsOf(identity); labels != Labels()) {
    const auto [with_labels, is_new] = labels_.insert(added.get());
    added->label_number = is_new ? ++last_label_number_ : (*with_labels)->label_number;
  }
  identities_.insert(added);
  return added;
}

void IdentityPool::ForgetUnused() {
  workloads_.clear();
  labels_.clear();
  for (auto i = identities_.begin(); i != identities_.end();) {
    const auto here = i++;
    if (here->use_count() == 1) {  // and no other thread can get it from here
      identities_.erase(here);
      continue;
    }
    if ((*here)->workload_number != 0) workloads_.insert(here->get());
    if ((*here)->label_number != 0) labels_.insert(here->get());
  }
}

}  // namespace tcpgauge
