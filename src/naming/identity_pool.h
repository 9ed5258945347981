// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_POOL_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_POOL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// Gives numbers to identities: equal identities that are in use at the same time get the same number.
//
// Thread: confined to the thread that makes identity maps. The identities may be used and released by any thread.
// Bounds: as many identities and workloads as are in use, and those released since the last ForgetUnused().
class IdentityPool {
 public:
  // Returns the identity that equals `identity`. Adds it if it is new.
  IdentityRef Get(const EndIdentity& identity);

  // Forgets identities that nobody uses any more, and the workloads and labels that none of the others has.
  void ForgetUnused();

  size_t size() const { return identities_.size(); }

 private:
  using Workload = std::pair<std::string, std::string>;  // namespace and name
  using Labels = std::array<std::string, 4>;             // namespace, workload, pod and service

  static Labels LabelsOf(const EndIdentity& identity) {
    return {identity.namespace_name, identity.workload, identity.pod, identity.service};
  }

  absl::flat_hash_map<EndIdentity, std::weak_ptr<const NumberedIdentity>> identities_;
  absl::flat_hash_map<Workload, uint32_t> workloads_;
  absl::flat_hash_map<Labels, uint32_t> labels_;
  uint32_t last_number_ = 0;
  uint32_t last_workload_number_ = 0;
  uint32_t last_label_number_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_POOL_H_
