// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_OBJECT_STORE_H_
#define TCPGAUGE_SRC_KUBE_OBJECT_STORE_H_

#include "src/kube/object_parser.h"

namespace tcpgauge {

// Stores what identities need of the API objects of one kind. ListWatch calls it.
//
// A read of all objects begins with BeginSync(). If all objects have come, it ends with EndSync(), which removes the
// objects for which Put() was not called since BeginSync(). So a read that breaks off removes no object.
//
// Thread: confined to the thread that calls the API.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // Returns the parser of the next object. Put() or Remove() then uses what the parser has read.
  virtual ObjectParser* parser() = 0;
  // Adds the object that the parser has read, or replaces its previous version.
  virtual void Put() = 0;
  // Removes the object that the parser has read.
  virtual void Remove() = 0;

  virtual void BeginSync() = 0;
  virtual void EndSync() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_OBJECT_STORE_H_
