// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_INTERFACE_ACCOUNTS_H_
#define TCPGAUGE_SRC_FLOW_INTERFACE_ACCOUNTS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "src/flow/edge.h"
#include "src/flow/interface_pins.h"

namespace tcpgauge {

// The accounts of interfaces: what the connections of each interface were credited with. The interface of a connection
// is InterfacePins::InterfaceOf().
//
// Design. An interface is credited when an edge is, with the same amount (see Ledger). So a packet costs nothing more,
// and all interfaces together hold what all edges together hold. When a connection moves to another interface, what it
// was not credited with yet goes to the new one.
//
// Thread: confined to its table.
// Bounds: kMemoryBytes, which become resident when an interface with such a number is first credited.
class InterfaceAccounts {
 public:
  static constexpr uint64_t kMemoryBytes = InterfacePins::kMaxInterfaces * sizeof(EdgeCounters);

  InterfaceAccounts() { accounts_.reserve(InterfacePins::kMaxInterfaces); }

  // Returns the account of `interface`, to be credited. Its gauges stay 0. The reference is valid as long as this
  // object. REQUIRES: interface < InterfacePins::kMaxInterfaces.
  EdgeCounters& Of(size_t interface) {
    if (interface >= accounts_.size()) accounts_.resize(interface + 1);
    return accounts_[interface];
  }

  EdgeCounters Get(size_t interface) const {
    return interface < accounts_.size() ? accounts_[interface] : EdgeCounters();
  }
  // Returns the account of `interface`, and lets it begin from 0 again.
  EdgeCounters Take(size_t interface) {
    return interface < accounts_.size() ? std::exchange(accounts_[interface], EdgeCounters()) : EdgeCounters();
  }

 private:
  std::vector<EdgeCounters> accounts_;  // by number of the interface
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_INTERFACE_ACCOUNTS_H_
