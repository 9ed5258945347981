// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_PORT_ITEM_H_
#define TCPGAUGE_SRC_KUBE_PORT_ITEM_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "src/json/json_scalar.h"

namespace tcpgauge {

// A port of a Service or an EndpointSlice, whose members arrive one by one.
//
// Thread: confined to one thread.
class PortItem {
 public:
  void TakeNumber(const JsonScalar& number) { number_ = CountOf(number); }
  void TakeProtocol(const JsonScalar& protocol) { is_tcp_ = TextOf(protocol) == "TCP"; }

  // Ends the item, and begins the next one. Returns the port, or nullopt if the protocol is not TCP or the number is
  // not from 1 to 65535.
  std::optional<uint16_t> End() {
    const PortItem port = std::exchange(*this, PortItem());
    if (!port.is_tcp_ || port.number_ == 0 || port.number_ > UINT16_MAX) return std::nullopt;
    return static_cast<uint16_t>(port.number_);
  }

 private:
  uint64_t number_ = 0;
  bool is_tcp_ = true;  // the default of the API
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_PORT_ITEM_H_
