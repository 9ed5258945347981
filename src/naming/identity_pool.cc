// SPDX-License-Identifier: Apache-2.0
#include "src/naming/identity_pool.h"

#include <utility>
#include <vector>

#include "src/naming/shared_text.h"

namespace tcpgauge {

IdentityRef IdentityPool::Get(const EndIdentity& identity) {
  if (const auto known = identities_.find(identity); known != identities_.end()) return *known;
  auto added = std::make_shared<NumberedIdentity>();
  added->number = ++last_number_;
  added->identity = identity;
  EndIdentity& own = added->identity;
  for (SharedText* const text : {&own.namespace_name, &own.workload, &own.workload_kind, &own.container, &own.service,
                                 &own.node, &own.zone, &own.comm}) {
    *text = texts_.Share(*text);
  }
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
  std::vector<IdentityRef> used_again;
  for (auto i = identities_.begin(); i != identities_.end();) {
    const auto here = i++;
    if (here->use_count() > 1) continue;
    // Another thread may have a weak pointer and lock it at this moment. Then the identity lives on.
    const std::weak_ptr<const NumberedIdentity> forgotten = *here;
    identities_.erase(here);
    if (IdentityRef identity = forgotten.lock(); identity != nullptr) used_again.push_back(std::move(identity));
  }
  identities_.insert(used_again.begin(), used_again.end());
  workloads_.clear();
  labels_.clear();
  for (const IdentityRef& identity : identities_) {
    if (identity->workload_number != 0) workloads_.insert(identity.get());
    if (identity->label_number != 0) labels_.insert(identity.get());
  }
}

}  // namespace tcpgauge
