// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_OBJECT_PARSER_H_
#define TCPGAUGE_SRC_KUBE_OBJECT_PARSER_H_

#include <string_view>

#include "src/json/json_scalar.h"

namespace tcpgauge {

// Receives the members of one API object, such as a pod, as they arrive, and keeps those that identities need. A
// member's path consists of the names of the objects around it and its own name, with dots in between, for example
// "spec.nodeName". Arrays and their items add nothing to a path. So each item of the array "status.podIPs" has the path
// "status.podIPs", and the member "ip" of the item has the path "status.podIPs.ip".
//
// Thread: confined to one thread. Paths and texts are valid during the call only.
class ObjectParser {
 public:
  virtual ~ObjectParser() = default;

  // Forgets the previous API object. Called when the next one begins.
  virtual void Begin() = 0;
  // Whether to read the object or array at this path. If false, it is skipped.
  virtual bool Wants(std::string_view path) const = 0;
  // Receives a member that is neither an object nor an array.
  virtual void Take(std::string_view path, const JsonScalar& value) = 0;
  // Called at the end of an object or array at this path for which Wants() was true. An array and its items have the
  // same path, so the call for the array follows the call for its last item.
  virtual void Leave(std::string_view path) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_OBJECT_PARSER_H_
