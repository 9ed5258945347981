// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SERVICE_PARSER_H_
#define TCPGAUGE_SRC_KUBE_SERVICE_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/json/json_scalar.h"
#include "src/kube/object_parser.h"
#include "src/kube/port_item.h"
#include "src/kube/service.h"

namespace tcpgauge {

// Reads a service (core/v1 Service).
//
// Thread: confined to one thread.
// Bounds: names are cut as in PodParser. Addresses beyond kMaxAddresses, and ports beyond kMaxPorts, are ignored.
class ServiceParser final : public ObjectParser {
 public:
  static constexpr size_t kMaxAddresses = 4;
  static constexpr size_t kMaxPorts = 1000;

  void Begin() override;
  bool Wants(std::string_view path) const override;
  void Take(std::string_view path, const JsonScalar& value) override;
  void Leave(std::string_view path) override;

  // The service that was read last.
  const Service& service() const { return service_; }

 private:
  Service service_;
  PortItem port_;  // the item of spec.ports that is being read
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SERVICE_PARSER_H_
