// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SERVICE_STORE_H_
#define TCPGAUGE_SRC_KUBE_SERVICE_STORE_H_

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
#include "src/kube/service_parser.h"
#include "src/kube/slice_store.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The addresses of the services of a cluster. A packet that is captured before kube-proxy has translated it goes to the
// address of a service. If all pods behind the service have the same workload, the addresses of the service have this
// workload too.
//
// Thread: see PodStore.
// Bounds: max_endpoints pairs of an address and a port. SliceStore says what happens to a service that would exceed
// them.
class ServiceStore final : public ObjectStore {
 public:
  explicit ServiceStore(size_t max_endpoints) : max_endpoints_(max_endpoints) {}

  ObjectParser* parser() override { return &parser_; }
  void Put() override;
  void Remove() override;
  void BeginSync() override { ++generation_; }
  void EndSync() override;

  void AddTo(const SliceStore::Workloads& workloads, IdentityDraft* draft) const;

  // The number of pairs of an address and a port.
  size_t size() const;
  uint64_t overflows() const { return overflows_; }

 private:
  using Key = SliceStore::Key;
  struct KnownService {
    size_t size() const { return cluster_ips.size() * tcp_ports.size(); }

    std::vector<IpAddress> cluster_ips;
    std::vector<uint16_t> tcp_ports;
    uint64_t generation = 0;
  };

  void Erase(absl::flat_hash_map<Key, KnownService>::iterator service) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t max_endpoints_;
  ServiceParser parser_;
  uint64_t generation_ = 0;  // of the last BeginSync()
  std::atomic<uint64_t> overflows_{0};
  mutable Mutex mutex_;
  absl::flat_hash_map<Key, KnownService> services_ ABSL_GUARDED_BY(mutex_);
  size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SERVICE_STORE_H_
