// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_SHARED_INTERFACE_NAMES_H_
#define TCPGAUGE_SRC_CAPTURE_SHARED_INTERFACE_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Numbers the names of interfaces for all workers of a live capture. A packet that one worker hands over to another
// carries the number of its interface's name. The workers' own places cannot be used, because each worker has its own
// (see InterfaceRegistry).
//
// A name has one number as long as any worker holds it. A number is never used again, so a worker may remember what a
// number stands for.
//
// Thread: any.
// Bounds: the names that workers hold.
class SharedInterfaceNames {
 public:
  struct Entry {
    std::string name;
    bool is_named = false;  // whether it is a named interface of the worker that numbered it first
  };

  // Returns the number of `name`, which is never 0. Holds the name until Release().
  uint64_t Acquire(const std::string& name, bool is_named);
  // Ends one hold. REQUIRES: Acquire() returned `number`, and this hold was not released.
  void Release(uint64_t number);
  // Returns what the number stands for; nullopt if no worker holds the name any more.
  std::optional<Entry> Find(uint64_t number) const;

 private:
  struct Held {
    Entry entry;
    size_t holds = 0;
  };

  mutable Mutex mutex_;
  absl::flat_hash_map<uint64_t, Held> held_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, uint64_t> numbers_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_SHARED_INTERFACE_NAMES_H_
