// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_OBJECT_STORE_H_
#define TCPGAUGE_SRC_KUBE_OBJECT_STORE_H_

#include "src/kube/object_parser.h"

namespace tcpgauge {

// Keeps what is of use of all objects of one kind, as ListWatch learns of them.
//
// A read of all objects begins with BeginSync(), and ends with EndSync() if all came. Until EndSync(), the objects of
// before stay. EndSync() removes those that Put() was not called for since BeginSync(). So a read that breaks off loses
// no object.
//
// Thread: confined to the thread that calls the API.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // Takes the next object for Put() or Remove().
  virtual ObjectParser* parser() = 0;
  // The object that the parser took is new, or has changed.
  virtual void Put() = 0;
  // The object that the parser took is gone.
  virtual void Remove() = 0;

  virtual void BeginSync() = 0;
  virtual void EndSync() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_OBJECT_STORE_H_
