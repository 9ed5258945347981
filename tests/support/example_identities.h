// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_EXAMPLE_IDENTITIES_H_
#define TCPGAUGE_TESTS_SUPPORT_EXAMPLE_IDENTITIES_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "src/naming/end_identity.h"

namespace tcpgauge {

inline IdentityRef IdentityOf(uint32_t number, EndIdentity identity) {
  auto numbered = std::make_shared<NumberedIdentity>();
  numbered->number = number;
  numbered->workload_number = number;
  numbered->identity = std::move(identity);
  return numbered;
}

// A pod of which all is known, by a name of its process that could do harm.
inline IdentityRef ExamplePod() {
  EndIdentity pod;
  pod.namespace_name = "shop";
  pod.workload = "web";
  pod.workload_kind = "Deployment";
  pod.pod = "web-5d4f8b6c5-x2x4z";
  pod.container = "nginx";
  pod.service = "front";
  pod.node = "node7";
  pod.zone = "zone-a";
  pod.comm = "ng\"\x1b[2J\xff";
  return IdentityOf(1, pod);
}

// A systemd unit.
inline IdentityRef ExampleUnit() {
  EndIdentity unit;
  unit.workload = "Postgres@15-main.service";
  unit.workload_kind = "unit";
  return IdentityOf(2, unit);
}

// A pod whose workload was cut from its name by rule.
inline IdentityRef ExampleGuess() {
  EndIdentity pod;
  pod.namespace_name = "payments";
  pod.workload = "ledger";
  pod.workload_kind = "ReplicaSet";
  pod.is_guess = true;
  pod.pod = "ledger-77c9d-abcde";
  return IdentityOf(3, pod);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_EXAMPLE_IDENTITIES_H_
