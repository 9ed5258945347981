// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SLICE_STORE_H_
#define TCPGAUGE_SRC_KUBE_SLICE_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"
#include "src/identity/identity_draft.h"
#include "src/kube/object_store.h"
#include "src/kube/slice_parser.h"
#include "src/naming/end_identity.h"
#include "src/naming/shared_names.h"
#include "src/naming/shared_text.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The endpoints behind the services of a cluster.
//
// An identity is given to a pair of an address and a port, and never to an address alone. The reason: an EndpointSlice
// does not say whether a pod is on the host's network. The address of such a pod is that of the node, where other
// programs run too.
//
// An EndpointSlice names the pod, but not its owner. So the workload is a guess (GuessWorkload()).
//
// Thread: see PodStore.
// Bounds: max_endpoints pairs of an address and a port. A slice that would exceed the bound is not stored, and its
// pairs are counted. Once other slices are gone, it is stored at its next event or at the next read of all slices. A
// slice without a pair is never stored.
class SliceStore final : public ObjectStore {
 public:
  // A namespace and a name.
  using Key = std::pair<std::string, std::string>;
  // The workload of all pods behind each service. Empty if these pods have several workloads, or if one endpoint is not
  // a pod.
  using Workloads = absl::flat_hash_map<Key, EndIdentity>;

  explicit SliceStore(size_t max_endpoints) : max_endpoints_(max_endpoints) {}

  ObjectParser* parser() override { return &parser_; }
  void Put() override;
  void Remove() override;
  void BeginSync() override { ++generation_; }
  void EndSync() override;

  void AddTo(IdentityDraft* draft) const;

  // Returns the workload behind each service: namespace, workload, kind, and that it is a guess.
  Workloads WorkloadsOfServices() const;
  // Returns the zone of a node, or an empty text if no endpoint tells it.
  std::string ZoneOf(const std::string& node) const;

  // Pairs of an address and a port.
  size_t size() const;
  uint64_t overflows() const { return overflows_; }

 private:
  struct KnownEndpoint {
    IpAddress address;
    SharedText pod;
    SharedText pod_namespace;
    SharedText node;
    SharedText zone;
  };
  struct KnownSlice {
    size_t size() const { return endpoints.size() * tcp_ports.size(); }

    SharedText service;
    std::vector<uint16_t> tcp_ports;
    std::vector<KnownEndpoint> endpoints;
    uint64_t generation = 0;
  };

  // Namespace, workload and kind of an endpoint.
  static EndIdentity WorkloadOf(const KnownEndpoint& endpoint);
  void Erase(absl::flat_hash_map<Key, KnownSlice>::iterator slice) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_endpoints_;
  SliceParser parser_;
  SharedNames names_;
  uint64_t generation_ = 0;  // of the last BeginSync()
  std::atomic<uint64_t> overflows_{0};
  mutable Mutex mutex_;
  absl::flat_hash_map<Key, KnownSlice> slices_ ABSL_GUARDED_BY(mutex_);
  size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SLICE_STORE_H_
