// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "src/base/clock.h"
#include "src/identity/identity_draft.h"
#include "src/identity/identity_source.h"
#include "src/naming/identity_counters.h"
#include "src/naming/identity_hub.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"

namespace tcpgauge {

// Asks all sources in rounds, and publishes what they know as identity maps.
//
// Threads read the maps from a hub. Workers get them by mail, but only maps in which an address or socket has another
// identity than before: a worker looks at all its connections again for each of them. A map in which only the queues of
// listeners differ goes to the hub alone.
//
// A source that is down for two rounds is logged as a warning, and as information when it is up again. One round may
// fail by chance: the kernel may be out of memory, or a report of sockets be cut short.
//
// Thread: one thread at a time.
// Bounds: those of IdentityDraft, and of the sources.
class IdentityMaker {
 public:
  using PostToWorkers = std::function<void(std::shared_ptr<const IdentityMap>)>;

  struct Options {
    // Whatever these point to, and whatever the functions use, must outlive the maker. Where two sources compete for
    // room, the first one gets it. Connected sockets get room last, whichever source has them.
    std::vector<IdentitySource*> sources;
    size_t max_endpoints = 0;  // --identity.max-endpoints
    const Clock* clock = nullptr;
    IdentityHub* hub = nullptr;
    PostToWorkers post;  // Round() calls it
    // Adds to the counters what only the caller knows, such as the events of the Kubernetes API. Round() calls it. May
    // be null.
    std::function<void(IdentityCounters*)> add_counters;
  };

  explicit IdentityMaker(Options options) : options_(std::move(options)), rounds_down_(options_.sources.size()) {}

  // Makes a map, and publishes it if it differs from the one before. Publishes the counters. Takes milliseconds, and
  // tens of them with many processes.
  void Round();
  // How long the last round took, in nanoseconds.
  int64_t last_round_ns() const { return last_round_ns_; }

 private:
  void Publish(std::shared_ptr<IdentityMap> map, uint64_t socket_fingerprint);
  void PublishCounters(const IdentityMap& map);
  void LogStates();

  const Options options_;
  IdentityPool pool_;
  IdentityDraft::Recent recent_;
  std::shared_ptr<const IdentityMap> published_;  // null before the first round
  // The last map that workers got, and the one before. The latter is kept until the next round, so that it is destroyed
  // here: a worker that held it last would stop reading packets meanwhile.
  std::shared_ptr<const IdentityMap> posted_;
  std::shared_ptr<const IdentityMap> posted_before_;
  uint64_t published_fingerprint_ = 0;  // of its sockets
  int64_t last_round_ns_ = 0;
  std::vector<int> rounds_down_;  // of each source, but at most kRoundsUntilWarning
  uint64_t overflows_ = 0;        // what found no room, counted again in each round
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_
