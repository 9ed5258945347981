// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_store.h"

#include "src/kube/service.h"
#include "src/naming/end_identity.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

void ServiceStore::Put() {
  const Service& service = parser_.service();
  KnownService known = {service.cluster_ips, service.tcp_ports, generation_};
  Key key(service.namespace_name, service.name);
  const MutexLock lock(&mutex_);
  if (const auto former = services_.find(key); former != services_.end()) Erase(former);
  if (known.size() == 0) return;  // a headless service, or one without a TCP port
  if (size_ + known.size() > max_endpoints_) {
    overflows_ += known.size();
    return;
  }
  size_ += known.size();
  services_[std::move(key)] = std::move(known);
}

void ServiceStore::Remove() {
  const MutexLock lock(&mutex_);
  const auto found = services_.find(Key(parser_.service().namespace_name, parser_.service().name));
  if (found != services_.end()) Erase(found);
}

void ServiceStore::EndSync() {
  const MutexLock lock(&mutex_);
  for (auto i = services_.begin(); i != services_.end();) {
    const auto here = i++;
    if (here->second.generation != generation_) Erase(here);
  }
}

void ServiceStore::Erase(absl::flat_hash_map<Key, KnownService>::iterator service) {
  size_ -= service->second.size();
  services_.erase(service);
}

void ServiceStore::AddTo(const SliceStore::Workloads& workloads, IdentityDraft* draft) const {
  const MutexLock lock(&mutex_);
  for (const auto& [key, service] : services_) {
    EndIdentity identity;
    if (const auto workload = workloads.find(key); workload != workloads.end()) identity = workload->second;
    identity.namespace_name = key.first;
    identity.service = key.second;
    for (const IpAddress& address : service.cluster_ips) {
      for (const uint16_t port : service.tcp_ports) draft->AddEndpoint({address, port}, identity);
    }
  }
}

size_t ServiceStore::size() const {
  const MutexLock lock(&mutex_);
  return size_;
}

}  // namespace tcpgauge
