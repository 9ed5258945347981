// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_POD_PARSER_H_
#define TCPGAUGE_SRC_KUBE_POD_PARSER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "src/json/json_scalar.h"
#include "src/kube/object_parser.h"
#include "src/kube/pod.h"

namespace tcpgauge {

// Reads a pod (core/v1 Pod).
//
// Thread: confined to one thread.
// Bounds: a text is cut after kMaxNameBytes + 1 bytes. So IsName() is still false for a name that was too long.
// Addresses beyond kMaxAddresses are ignored.
class PodParser final : public ObjectParser {
 public:
  static constexpr size_t kMaxAddresses = 16;

  void Begin() override;
  bool Wants(std::string_view path) const override;
  void Take(std::string_view path, const JsonScalar& value) override;
  void Leave(std::string_view path) override;

  // The pod that was read last.
  const Pod& pod() const { return pod_; }

 private:
  struct Owner {
    std::string kind;
    std::string name;
    bool is_controller = false;
  };

  void AddAddress(std::string_view text);

  Pod pod_;
  Owner owner_;  // the item of metadata.ownerReferences that is being read
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_POD_PARSER_H_
