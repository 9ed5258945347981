// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_INTERFACE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_INTERFACE_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/interface_view.h"
#include "src/snapshot/snapshot.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Adds up what the workers counted on each interface, and keeps every sum from falling while workers forget interfaces.
//
// Interfaces are told apart by their names, as metrics show them: in valid UTF-8. Each name has an account. An account
// is open while at least one worker knows the interface and has not forgotten it. What workers count is credited to the
// account of the name. When the last worker forgets the interface, the account is closed. What it holds moves to
// Snapshot::retired_interfaces, unless metrics show the account under "other" (see below). If the name comes back
// later, its account begins from 0. So readers see the series of the interface end, and begin again as after a restart.
//
// At most `max_series` - 1 accounts have series of their own at a time. When an account is opened while there is no
// room for its series, metrics show the account under "other" until it is closed. The account of an interface named
// "other" is always shown like this. When an account under "other" is closed, what it holds moves to
// Snapshot::other_interfaces, so that "other" does not fall. A closed account makes room for the next new name.
//
// Each amount that a worker counts is in exactly one place: an open account, retired_interfaces or other_interfaces.
//
// Design. The workers do not forget an interface at the same moment, and the collector does not see every snapshot of a
// worker. So Merge() credits only differences: by how much a worker's count of an interface has grown since the last
// call. A worker never loses counts: when it forgets an interface, the counts move to CaptureCounters::retired. What
// was counted between the last call and that moment is found as a difference too, and goes to retired_interfaces.
//
// Thread: confined to the collector's thread.
// Bounds: the interfaces of all workers.
class InterfaceMerger {
 public:
  // `start_time_ns` is the start of the capture. REQUIRES: max_series >= 1.
  InterfaceMerger(size_t max_series, int64_t start_time_ns) : max_series_(max_series), last_time_ns_(start_time_ns) {}

  // Sets the members of `snapshot` about interfaces. `workers` holds what each worker has counted until now, and
  // `time_ns` is the time of the snapshot. Returns, for each worker and each of its interfaces, the index in
  // Snapshot::interfaces. REQUIRES: each call passes the same workers in the same order.
  std::vector<std::vector<uint32_t>> Merge(const std::vector<const CaptureCounters*>& workers, int64_t time_ns,
                                           Snapshot* snapshot);

 private:
  struct Account {
    InterfaceView view;
    bool is_open = false;
    // As of the current Merge():
    bool is_listed = false;  // whether any worker lists the interface, forgotten or not
    bool is_live = false;    // whether any worker lists it and has not forgotten it
  };
  // An interface that a worker had not forgotten at the last call of Merge(), and what the worker had counted there.
  struct Counted {
    bool is_valid = false;  // false: the worker had no such interface at this index
    uint64_t number = 0;    // InterfaceView::number
    InterfaceCounts counts;
  };
  struct Worker {
    std::vector<Counted> interfaces;  // indexed as CaptureCounters::interfaces
    InterfaceCounts forgotten;        // what the worker had counted on all forgotten interfaces
  };

  // Credits what the worker has counted since the last call. Returns the indexes in accounts_ of its interfaces.
  std::vector<uint32_t> Credit(const CaptureCounters& counters, Worker* worker);
  // Credits what a worker has counted on an interface since it had counted `before`.
  void CreditLive(const InterfaceView& interface, const InterfaceCounts& before, Account* account);
  // Returns the index in accounts_ of the account for this name. Adds a closed account if there is none.
  uint32_t AccountOf(const std::string& name);
  void Open(Account* account);
  void Close(Account* account);

  const size_t max_series_;
  int64_t last_time_ns_;           // the time of the last snapshot; at first the start of the capture
  size_t series_ = 0;              // open accounts with series of their own
  std::vector<Account> accounts_;  // in the order in which they were added
  absl::flat_hash_map<std::string, uint32_t> index_of_name_;
  std::vector<Worker> workers_;
  InterfaceCounts retired_;
  InterfaceCounts other_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_INTERFACE_MERGER_H_
