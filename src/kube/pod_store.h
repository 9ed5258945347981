// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_POD_STORE_H_
#define TCPGAUGE_SRC_KUBE_POD_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"
#include "src/identity/identity_draft.h"
#include "src/kube/object_store.h"
#include "src/kube/pod_parser.h"
#include "src/naming/end_identity.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The pods of one node.
//
// All pods are found by their UID, and most also by their addresses. For two kinds of pods, the addresses are not kept.
// The addresses of a pod that has ended may belong to another pod already. The addresses of a pod on the host's network
// are those of the node.
//
// Thread: the thread that calls the API uses the functions of ObjectStore. Any thread may call the others. The lock is
// held while one object changes, while EndSync() looks at all objects, or while all pods are copied.
// Bounds: max_pods pods. A further pod is not stored, and is counted. Once other pods have been removed, it is stored
// at its next event or at the next read of all objects.
class PodStore final : public ObjectStore {
 public:
  explicit PodStore(size_t max_pods) : max_pods_(max_pods) {}

  ObjectParser* parser() override { return &parser_; }
  void Put() override;
  void Remove() override;
  void BeginSync() override { ++generation_; }
  void EndSync() override;

  // Adds all pods to `draft`, and gives them the zone `zone`; empty = unknown. Their addresses become local addresses
  // too.
  void AddTo(const std::string& zone, IdentityDraft* draft) const;

  size_t size() const;
  // How many times a pod was not stored.
  uint64_t overflows() const { return overflows_; }

 private:
  struct KnownPod {
    EndIdentity identity;
    std::vector<IpAddress> addresses;
    uint64_t generation = 0;
  };

  const size_t max_pods_;
  PodParser parser_;
  uint64_t generation_ = 0;  // of the last BeginSync()
  std::atomic<uint64_t> overflows_{0};
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, KnownPod> pods_ ABSL_GUARDED_BY(mutex_);  // by UID
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_POD_STORE_H_
