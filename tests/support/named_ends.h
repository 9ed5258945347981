// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_NAMED_ENDS_H_
#define TCPGAUGE_TESTS_SUPPORT_NAMED_ENDS_H_

#include <memory>
#include <string>

#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"
#include "tests/support/segment.h"

namespace tcpgauge {

// Makes identities and identity maps for tests. A name is that of a pod, such as "web-1". Its workload is what stands
// before the last hyphen, or the whole name if there is none. All are in the namespace "shop".
//
// Addresses are texts such as "10.0.0.1:0". Their port is not used.
class NamedEnds {
 public:
  NamedEnds() : map_(std::make_shared<IdentityMap>()) {}

  IdentityRef Identity(const std::string& name, const std::string& zone = "") {
    EndIdentity identity;
    identity.namespace_name = "shop";
    identity.workload = name.substr(0, name.rfind('-'));
    identity.pod = name;
    identity.zone = zone;
    return pool_.Get(identity);
  }
  // An identity with a service besides.
  IdentityRef InService(const std::string& name, const std::string& service) {
    EndIdentity identity = Identity(name)->identity;
    identity.service = service;
    return pool_.Get(identity);
  }

  // The map that the next Take() returns. It keeps its content from one Take() to the next.
  IdentityMap& map() { return *map_; }
  // Gives the address to `name` alone. An empty name takes the address away.
  void Give(const std::string& address, const std::string& name, const std::string& zone = "") {
    if (name.empty()) {
      map_->addresses.erase(At(address).address);
    } else {
      map_->addresses[At(address).address] = Identity(name, zone);
    }
  }
  void MakeLocal(const std::string& address) { map_->local_addresses.insert(At(address).address); }

  // Returns a map that does not change any more.
  std::shared_ptr<const IdentityMap> Take() {
    pool_.ForgetUnused();
    return std::make_shared<IdentityMap>(*map_);
  }

 private:
  IdentityPool pool_;
  std::shared_ptr<IdentityMap> map_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_NAMED_ENDS_H_
