// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_POOL_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "src/naming/end_identity.h"
#include "src/naming/shared_names.h"

namespace tcpgauge {

// Gives numbers to identities: equal identities that are in use at the same time get the same number.
//
// Design. A cluster has tens of thousands of identities, and most of their memory is texts. So equal texts share their
// bytes (SharedNames). Pod names are the exception, because few identities have the same pod. The sets of identities
// hold pointers, and compare the identities behind them.
//
// Thread: confined to the thread that makes identity maps. Any thread may use and release the identities, and lock weak
// pointers to them.
// Bounds: as many identities and workloads as are in use, and those released since the last ForgetUnused(). Texts: see
// SharedNames.
class IdentityPool {
 public:
  // Returns the identity that equals `identity`. Adds a copy of `identity` if there is none. EndIdentity::comm is not
  // compared, so the result may have another `comm`.
  IdentityRef Get(const EndIdentity& identity);

  // Forgets the identities that nobody uses any more, and the workloads and labels that no remaining identity has.
  void ForgetUnused();

  size_t size() const { return identities_.size(); }

 private:
  using Workload = std::tuple<std::string_view, std::string_view>;
  static Workload WorkloadOf(const EndIdentity& identity) { return {identity.namespace_name, identity.workload}; }
  using Labels = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
  static Labels LabelsOf(const EndIdentity& identity) {
    return {identity.namespace_name, identity.workload, identity.pod, identity.service};
  }

  static const EndIdentity& IdentityOf(const EndIdentity& identity) { return identity; }
  static const EndIdentity& IdentityOf(const IdentityRef& ref) { return ref->identity; }
  struct HashOfIdentity {
    using is_transparent = void;
    template <typename T>
    size_t operator()(const T& value) const {
      return absl::Hash<EndIdentity>()(IdentityOf(value));
    }
  };
  struct EqualIdentities {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return IdentityOf(a) == IdentityOf(b);
    }
  };
  // These two hash and compare a part of the identity.
  template <auto part_of>
  struct HashOfPart {
    size_t operator()(const NumberedIdentity* numbered) const { return absl::HashOf(part_of(numbered->identity)); }
  };
  template <auto part_of>
  struct EqualParts {
    bool operator()(const NumberedIdentity* a, const NumberedIdentity* b) const {
      return part_of(a->identity) == part_of(b->identity);
    }
  };
  template <auto part_of>
  using OnePerPart = absl::flat_hash_set<const NumberedIdentity*, HashOfPart<part_of>, EqualParts<part_of>>;

  absl::flat_hash_set<IdentityRef, HashOfIdentity, EqualIdentities> identities_;
  // For each workload, and for each combination of labels, one of the identities that have it.
  OnePerPart<WorkloadOf> workloads_;
  OnePerPart<LabelsOf> labels_;
  SharedNames texts_;
  uint32_t last_number_ = 0;
  uint32_t last_workload_number_ = 0;
  uint32_t last_label_number_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_POOL_H_
