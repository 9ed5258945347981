// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/packet_source.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Knows the name and the condition of each interface that a worker sees. Each interface has a place: its position in
// CaptureCounters::interfaces.
//
// Interfaces of the same name share a place. A named interface is a source of this worker, or of another worker that
// hands packets over. It always keeps its place and its name, also when it is renamed or deleted. All other interfaces
// are discovered: packets of them came on `any`, in a file, or from another worker. When a discovered interface is
// renamed, it becomes a new interface for the registry, and the old one is gone.
//
// The life of a discovered interface in a live capture:
// - Poll() finds that the kernel has no interface of this name any more. The interface is now gone. Its late packets
//   are still counted at its place. If the name comes back, the counts go on.
// - ForgetGone() forgets interfaces that have been gone for a window (`window_ns`). From then on, a new interface of
//   the same name gets another place, and counts from 0. The forgotten interface keeps its place, its name and its
//   counts, because connections refer to the place, and outputs show their interface by its name.
// - Free() makes the place of a forgotten interface free for another interface, once no connection refers to the place.
//   The counts move to CaptureCounters::retired.
//
// Thread: confined to the thread of one worker.
// Time: steady time.
// Bounds: kMaxInterfaces places. One of them, named "other", stands for all interfaces that find no free place, and for
// all interfaces without a name. SurplusPlaces() says which forgotten interfaces should give up their places early.
// REQUIRES: each `place` parameter is a place that one of the methods returned, and that was not freed since.
class InterfaceRegistry {
 public:
  static constexpr size_t kMaxInterfaces = 1024;
  // How many forgotten interfaces may keep their places, and so their names, for their connections.
  static constexpr size_t kMaxForgotten = 256;

  // The registry adds interfaces to `counters`, which must have none yet, and must outlive the registry. An interface
  // is forgotten when it has been gone for `window_ns`.
  InterfaceRegistry(CaptureCounters* counters, int64_t window_ns) : counters_(*counters), window_ns_(window_ns) {}

  // Returns the place of the named interface `name`. Adds the interface if it is new.
  size_t AddNamed(const std::string& name);
  // Returns the place of the interface `name`. Adds a discovered interface if it is new.
  size_t Discover(const std::string& name);
  // Returns the place of "other".
  size_t Other();

  // The condition that SetCondition() stored last for the interface at `place`; nullopt if it stored none.
  const std::optional<SourceCondition>& condition(size_t place) const { return places_[place].condition; }
  // Stores the condition, and sets `up` in the interface's counters. Returns whether the condition is the first one of
  // this place, or differs from the previous one.
  bool SetCondition(size_t place, SourceCondition condition);

  // Returns the place of the interface with the number `index`, and adds the interface if it is new. `index` is
  // DecodedPacket::interface of a source with many interfaces (see PacketSource::has_many_interfaces()). Calls
  // `name_of` if the registry does not know the number. If `name_of` returns an empty name, returns the place of
  // "other". REQUIRES: index != 0.
  size_t FindByIndex(uint32_t index, absl::FunctionRef<std::string(uint32_t)> name_of) {
    if (index == last_index_) return last_place_;
    return FindByIndexSlow(index, name_of);
  }

  // Asks the kernel which of the discovered interfaces are there and up. Takes a few system calls for each interface.
  // Returns the places whose condition is new or has changed. Forgets the numbers of interfaces that were renamed, and
  // those of interfaces that have been gone for a window, because the kernel may use such a number again.
  std::vector<size_t> Poll(const InterfaceLookup& lookup, int64_t now_ns);
  // Forgets the discovered interfaces that Poll() has found gone for a window. Returns their places.
  std::vector<size_t> ForgetGone(int64_t now_ns);
  // The places of forgotten interfaces, in the order in which they were forgotten.
  const std::deque<size_t>& forgotten() const { return forgotten_; }
  // Returns the places of all forgotten interfaces but the last kMaxForgotten ones. The caller should move their
  // connections to "other", so that the places can be freed.
  std::vector<size_t> SurplusPlaces() const;
  // Frees the place of a forgotten interface. REQUIRES: no connection refers to the place.
  void Free(size_t place);

  // The reference is valid until an interface is added or freed.
  const std::string& Name(size_t place) const { return counters_.interfaces[place].name; }
  bool IsNamed(size_t place) const { return counters_.interfaces[place].is_named; }

 private:
  // A point in time that has not come.
  static constexpr int64_t kNever = INT64_MAX;

  struct Place {
    std::optional<SourceCondition> condition;
    int64_t gone_since_ns = kNever;  // kNever: the interface was there at the last Poll()
  };
  // An interface by the kernel's number.
  struct Numbered {
    size_t place;
    int64_t gone_since_ns = kNever;  // kNever: the kernel had the number at the last Poll()
  };

  size_t Add(const std::string& name, bool is_named);
  size_t AddPlace(const std::string& name, bool is_named);
  size_t FindByIndexSlow(uint32_t index, absl::FunctionRef<std::string(uint32_t)> name_of);
  // Whether the interface at `place` is discovered, has a name of its own, and is not forgotten.
  bool IsWatched(size_t place) const;

  CaptureCounters& counters_;
  const int64_t window_ns_;
  std::vector<Place> places_;  // indexed by place
  std::vector<size_t> free_;
  std::deque<size_t> forgotten_;
  absl::flat_hash_map<std::string, size_t> by_name_;  // without forgotten interfaces
  absl::flat_hash_map<uint32_t, Numbered> by_index_;  // without forgotten interfaces
  std::optional<size_t> other_;
  uint64_t last_number_ = 0;  // InterfaceView::number of the interface that was added last
  uint32_t last_index_ = 0;   // argument of the last FindByIndex(); 0 = no interface
  size_t last_place_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
