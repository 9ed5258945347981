// SPDX-License-Identifier: Apache-2.0
#include "src/kube/slice_store.h"

#include "src/identity/workload_guess.h"
#include "src/kube/slice.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

void SliceStore::Put() {
  const Slice& slice = parser_.slice();
  KnownSlice known;
  known.service = slice.service;
  known.tcp_ports = slice.tcp_ports;
  known.generation = generation_;
  size_t addresses = 0;
  for (const SliceEndpoint& endpoint : slice.endpoints) addresses += endpoint.addresses.size();
  known.endpoints.reserve(addresses);
  for (const SliceEndpoint& endpoint : slice.endpoints) {
    const SharedText pod_namespace =
        names_.Get(endpoint.pod_namespace.empty() ? slice.namespace_name : endpoint.pod_namespace);
    const SharedText pod = endpoint.pod;
    const SharedText node = names_.Get(endpoint.node);
    const SharedText zone = names_.Get(endpoint.zone);
    for (const IpAddress& address : endpoint.addresses)
      known.endpoints.push_back({address, pod, pod_namespace, node, zone});
  }
  Key key(slice.namespace_name, slice.name);
  const MutexLock lock(&mutex_);
  if (const auto former = slices_.find(key); former != slices_.end()) Erase(former);
  if (known.size() == 0) return;  // no endpoint, or no TCP port
  if (size_ + known.size() > max_endpoints_) {
    overflows_ += known.size();
    return;
  }
  size_ += known.size();
  slices_[std::move(key)] = std::move(known);
}

void SliceStore::Remove() {
  const MutexLock lock(&mutex_);
  const auto found = slices_.find(Key(parser_.slice().namespace_name, parser_.slice().name));
  if (found != slices_.end()) Erase(found);
}

void SliceStore::EndSync() {
  const MutexLock lock(&mutex_);
  for (auto i = slices_.begin(); i != slices_.end();) {
    const auto here = i++;
    if (here->second.generation != generation_) Erase(here);
  }
}

void SliceStore::Erase(absl::flat_hash_map<Key, KnownSlice>::iterator slice) {
  size_ -= slice->second.size();
  slices_.erase(slice);
}

EndIdentity SliceStore::WorkloadOf(const KnownEndpoint& endpoint) {
  EndIdentity workload;
  workload.namespace_name = endpoint.pod_namespace;
  if (endpoint.pod.empty()) return workload;
  const WorkloadGuess guess = GuessWorkload(endpoint.pod);
  workload.workload = guess.name;
  workload.workload_kind = guess.kind;
  workload.is_guess = true;
  return workload;
}

void SliceStore::AddTo(IdentityDraft* draft) const {
  const MutexLock lock(&mutex_);
  for (const auto& [key, slice] : slices_) {
    for (const KnownEndpoint& endpoint : slice.endpoints) {
      EndIdentity identity = WorkloadOf(endpoint);
      identity.pod = endpoint.pod;
      identity.service = slice.service;
      identity.node = endpoint.node;
      identity.zone = endpoint.zone;
      for (const uint16_t port : slice.tcp_ports) draft->AddEndpoint({endpoint.address, port}, identity);
    }
  }
}

SliceStore::Workloads SliceStore::WorkloadsOfServices() const {
  Workloads workloads;
  const MutexLock lock(&mutex_);
  for (const auto& [key, slice] : slices_) {
    if (slice.service.empty() || slice.endpoints.empty()) continue;
    const auto [known, is_new] = workloads.insert({Key(key.first, slice.service), EndIdentity()});
    EndIdentity& workload = known->second;
    if (is_new) workload = WorkloadOf(slice.endpoints[0]);
    for (const KnownEndpoint& endpoint : slice.endpoints) {
      if (workload.workload.empty()) break;
      const bool is_same =
          workload.workload == GuessWorkload(endpoint.pod).name && endpoint.pod_namespace == workload.namespace_name;
      if (!is_same) workload = EndIdentity();
    }
  }
  return workloads;
}

std::string SliceStore::ZoneOf(const std::string& node) const {
  const MutexLock lock(&mutex_);
  for (const auto& [key, slice] : slices_) {
    for (const KnownEndpoint& endpoint : slice.endpoints) {
      if (endpoint.node == node && !endpoint.zone.empty()) return std::string(endpoint.zone);
    }
  }
  return "";
}

size_t SliceStore::size() const {
  const MutexLock lock(&mutex_);
  return size_;
}

}  // namespace tcpgauge
