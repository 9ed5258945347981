// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SLICE_PARSER_H_
#define TCPGAUGE_SRC_KUBE_SLICE_PARSER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "src/json/json_scalar.h"
#include "src/kube/object_parser.h"
#include "src/kube/port_item.h"
#include "src/kube/slice.h"

namespace tcpgauge {

// Reads an EndpointSlice (discovery.k8s.io/v1). A slice of host names (addressType FQDN) has no endpoint after reading,
// because its addresses are no IP addresses.
//
// Thread: confined to one thread.
// Bounds: names are cut as in PodParser. Endpoints beyond kMaxEndpoints (the most that the API server allows),
// addresses of an endpoint beyond kMaxAddresses, and ports beyond kMaxPorts are ignored.
class SliceParser final : public ObjectParser {
 public:
  static constexpr size_t kMaxEndpoints = 1000;
  static constexpr size_t kMaxAddresses = 100;
  static constexpr size_t kMaxPorts = 100;

  void Begin() override;
  bool Wants(std::string_view path) const override;
  void Take(std::string_view path, const JsonScalar& value) override;
  void Leave(std::string_view path) override;

  // The slice that was read last.
  const Slice& slice() const { return slice_; }

 private:
  Slice slice_;
  std::optional<SliceEndpoint> endpoint_;  // the item that is being read
  bool is_pod_ = false;                    // whether the item's targetRef is a pod
  PortItem port_;                          // the item that is being read
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SLICE_PARSER_H_
