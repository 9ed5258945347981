// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_SERVICES_H_
#define TCPGAUGE_SRC_FLOW_EDGE_SERVICES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// The service endpoints of an edge: how clients addressed the server where an address translation led them to the
// server, for example the address and port of a Kubernetes service. A plain value.
//
// Bounds: the first kMax distinct endpoints are kept. Later ones are ignored.
class EdgeServices {
 public:
  static constexpr size_t kMax = 2;

  // Adds `service`, unless it is known or kMax endpoints are known.
  void Add(const Endpoint& service) {
    if (size_ == kMax || std::find(begin(), end(), service) != end()) return;
    endpoints_[size_++] = service;
  }

  // The endpoints in the order in which they were added.
  absl::Span<const Endpoint> endpoints() const { return {endpoints_.data(), size_}; }

 private:
  const Endpoint* begin() const { return endpoints_.data(); }
  const Endpoint* end() const { return begin() + size_; }

  std::array<Endpoint, kMax> endpoints_;
  uint8_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_SERVICES_H_
