// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/base/mutex.h"
#include "src/identity/identity_draft.h"
#include "src/identity/identity_source.h"
#include "src/naming/identity_hub.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"

namespace tcpgauge {

// What the agent counts of itself.
struct IdentityCounts {
  struct Source {
    std::string_view name;
    bool is_up = false;
  };
  std::vector<Source> sources;  // in the order of the maker
  size_t endpoints = 0;         // addresses and sockets that have names now
  uint64_t overflows = 0;       // what found no room, counted again in each round
};

// Asks all sources in rounds, and publishes what they know as identity maps.
//
// Threads read the maps from a hub. Workers get them by mail, but only maps in which an address or socket has another
// identity than before: a worker looks at all its connections again for each of them. A map in which only the queues of
// listeners differ goes to the hub alone.
//
// Thread: one thread at a time calls Round(). Any thread calls counts().
// Bounds: those of IdentityDraft, and of the sources.
class IdentityMaker {
 public:
  using PostToWorkers = std::function<void(std::shared_ptr<const IdentityMap>)>;

  struct Options {
    size_t max_endpoints = 0;
    const Clock* clock = nullptr;  // not null
    IdentityHub* hub = nullptr;    // not null
    PostToWorkers post;            // Round() calls it
  };

  // The clock, the hub and whatever `post` uses must outlive this object. Where two sources compete for room, the first
  // gets it.
  IdentityMaker(std::vector<std::unique_ptr<IdentitySource>> sources, Options options);

  // Makes a map and publishes it if it differs from the one before. Takes milliseconds, and tens of them with many
  // processes.
  void Round();
  // How long the last round took, in nanoseconds.
  int64_t last_round_ns() const { return last_round_ns_; }

  IdentityCounts counts() const;

 private:
  void Publish(std::shared_ptr<const IdentityMap> map, uint64_t socket_fingerprint);
  void NoteCounts(const IdentityMap& map, const IdentityDraft& draft);

  const std::vector<std::unique_ptr<IdentitySource>> sources_;
  const Options options_;
  IdentityPool pool_;
  IdentityDraft::Recent recent_;
  std::shared_ptr<const IdentityMap> published_;  // null before the first round
  uint64_t published_fingerprint_ = 0;            // of its sockets
  int64_t last_round_ns_ = 0;
  mutable Mutex mutex_;
  IdentityCounts counts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_
