// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_OBJECT_PARSER_H_
#define TCPGAUGE_SRC_KUBE_OBJECT_PARSER_H_

#include <string_view>

#include "src/json/json_scalar.h"

namespace tcpgauge {

// Takes the members of one object of the API, such as a pod, as they arrive. A member's path is the names of the
// objects around it and its own, with dots between them: "spec.nodeName". An array adds no name to the path, so that
// each item of "status.podIPs" has the path "status.podIPs", and its address the path "status.podIPs.ip".
//
// Thread: confined to one thread. Paths and texts are valid during the call only.
class ObjectParser {
 public:
  virtual ~ObjectParser() = default;

  // An object begins. Forgets the one before.
  virtual void Begin() = 0;
  // Whether the object or array at this path holds members to take. Otherwise it is skipped.
  virtual bool Wants(std::string_view path) const = 0;
  virtual void Take(std::string_view path, const JsonScalar& value) = 0;
  // An object or array at this path ends. The end of an array follows the end of its last item, at the same path.
  virtual void Leave(std::string_view path) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_OBJECT_PARSER_H_
