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

// Makes the identity maps, one in each round, from what the sources add to an IdentityDraft.
//
// A map that differs from the previous one goes to the hub, from which other threads read it. It also goes to the
// workers if an end has another identity than before, or if connected sockets were replaced. A map in which only the
// accept queues differ does not go to the workers, because a worker looks up the ends of all its connections again in
// each map that it gets.
//
// The log has a warning when a source that is missed (IdentitySource::is_missed()) has been down for two rounds, and a
// line of level info when it is up again. A single round may fail by chance, for example when the kernel is out of
// memory.
//
// Thread: one thread at a time.
// Bounds: those of IdentityDraft, and of the sources.
class IdentityMaker {
 public:
  using PostToWorkers = std::function<void(std::shared_ptr<const IdentityMap>)>;

  struct Options {
    // All pointers here, and all that the functions use, must outlive the maker. When there is not enough room for all
    // sources, the first sources of the list get it. Connected sockets get room last, whichever source has them.
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

  // Makes a map, and publishes it as described above. Publishes the counters. Takes some milliseconds, or tens of
  // milliseconds with many processes.
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
  // The last map that the workers got, and the map that they got before. The latter is kept until the next round
  // begins, so that this thread destroys it. A worker that destroyed it would read no packets meanwhile.
  std::shared_ptr<const IdentityMap> posted_;
  std::shared_ptr<const IdentityMap> posted_before_;
  uint64_t published_fingerprint_ = 0;  // of the sockets of published_
  int64_t last_round_ns_ = 0;
  std::vector<int> rounds_down_;  // of each source, but at most kRoundsUntilWarning
  uint64_t overflows_ = 0;        // facts that found no room, counted again in each round
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_MAKER_H_
