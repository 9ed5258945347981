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

// The service endpoints of an edge: the addresses and ports that clients addressed, where a translation replaced them
// by the server's own address and port. An example is the address and port of a Kubernetes service. A plain value.
//
// Bounds: the first kMax distinct endpoints are kept. Later ones are ignored and not counted.
class EdgeServices {
 public:
  static constexpr size_t kMax = 2;

  // Adds `service`. Does nothing if it is there already, or if kMax endpoints are there.
  void Add(const Endpoint& service) {
    if (size_ == kMax || std::find(begin(), end(), service) != end()) return;
    endpoints_[size_++] = service;
  }

  // Returns the endpoints in the order in which they were added. The span refers to this object, and is valid until the
  // object is changed or destroyed.
  absl::Span<const Endpoint> endpoints() const { return {endpoints_.data(), size_}; }

 private:
  const Endpoint* begin() const { return endpoints_.data(); }
  const Endpoint* end() const { return begin() + size_; }

  std::array<Endpoint, kMax> endpoints_;
  uint8_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_SERVICES_H_
