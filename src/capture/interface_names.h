// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_NAMES_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Numbers the interface names of a file. Interfaces of the same name have the same number.
//
// Interfaces without a name share a number. Tools such as mergecap write an interface for each file that they merge.
// The interface is unnamed if the merged file contains no name. The merged files are taken for parts of one capture: if
// their interfaces had different numbers, packets could be counted as duplicates (see InterfacePins).
//
// Thread: any. The thread that reads the file adds names, and the workers look them up.
// Bounds: kMaxNames numbers. The last number is that of "other": all names for which no other number is left share it.
// A name is cut to kMaxNameBytes.
class InterfaceNames {
 public:
  static constexpr size_t kMaxNames = 1024;
  static constexpr size_t kMaxNameBytes = 256;
  static constexpr uint32_t kUnnamed = 1;  // the number of the interfaces without a name

  // `unnamed` is the name under which interfaces without a name are shown: that of the file.
  explicit InterfaceNames(std::string unnamed);

  // Returns the number of `name`, and adds the name if it is new. Returns kUnnamed if `name` is empty.
  uint32_t Add(std::string_view name);

  // Returns the name of a number that Add() returned, or of kUnnamed. Returns "" for any other number.
  std::string Name(uint32_t number) const;

 private:
  mutable Mutex mutex_;
  std::vector<std::string> names_ ABSL_GUARDED_BY(mutex_);  // the name of number 1 is at index 0
  absl::flat_hash_map<std::string, uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_NAMES_H_
