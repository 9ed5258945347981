// SPDX-License-Identifier: Apache-2.0
#include "src/kube/pod_store.h"

#include <utility>

#include "src/kube/pod.h"
#include "src/kube/workload_of_pod.h"

namespace tcpgauge {

void PodStore::Put() {
  const Pod& pod = parser_.pod();
  if (pod.uid.empty()) return;
  KnownPod known;
  const PodWorkload workload = WorkloadOfPod(pod.name, pod.owner_kind, pod.owner_name, pod.template_hash, pod.node);
  known.identity.namespace_name = pod.namespace_name;
  known.identity.pod = pod.name;
  known.identity.workload = workload.name;
  known.identity.workload_kind = workload.kind;
  known.identity.is_guess = workload.is_guess;
  known.identity.node = pod.node;
  if (!pod.has_ended && !pod.is_on_host_network) known.addresses = pod.addresses;
  known.generation = generation_;
  const MutexLock lock(&mutex_);
  if (pods_.size() >= max_pods_ && !pods_.contains(pod.uid)) {
    ++overflows_;
  } else {
    pods_[pod.uid] = std::move(known);
  }
}

void PodStore::Remove() {
  const MutexLock lock(&mutex_);
  pods_.erase(parser_.pod().uid);
}

void PodStore::EndSync() {
  const MutexLock lock(&mutex_);
  for (auto i = pods_.begin(); i != pods_.end();) {
    const auto here = i++;
    if (here->second.generation != generation_) pods_.erase(here);
  }
}

void PodStore::AddTo(const std::string& zone, IdentityDraft* draft) const {
  const MutexLock lock(&mutex_);
  for (const auto& [uid, pod] : pods_) {
    EndIdentity identity = pod.identity;
    identity.zone = zone;
    draft->AddPod(uid, identity);
    for (const IpAddress& address : pod.addresses) {
      draft->AddLocalAddress(address);
      draft->AddAddress(address, identity);
    }
  }
}

size_t PodStore::size() const {
  const MutexLock lock(&mutex_);
  return pods_.size();
}

}  // namespace tcpgauge
