// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_maker.h"

#include <algorithm>
#include <string>
#include <utility>

#include "src/base/log.h"
#include "src/naming/lost_since.h"

namespace tcpgauge {
namespace {

constexpr int kRoundsUntilWarning = 2;

bool IsEqual(const ListenerQueue& a, const ListenerQueue& b) {
  return a.endpoint == b.endpoint && a.identity == b.identity && a.connections == b.connections && a.limit == b.limit &&
         a.dropped == b.dropped;
}

bool QueuesAreEqual(const IdentityMap& a, const IdentityMap& b) {
  return std::equal(a.listener_queues.begin(), a.listener_queues.end(), b.listener_queues.begin(),
                    b.listener_queues.end(), IsEqual);
}

}  // namespace

void IdentityMaker::Round() {
  const int64_t begin_ns = options_.clock->SteadyNanoseconds();
  posted_before_.reset();
  IdentityDraft draft(options_.max_endpoints, &pool_);
  for (IdentitySource* const source : options_.sources) source->AddTo(&draft);
  LogStates();
  std::shared_ptr<IdentityMap> map = draft.Finish(&recent_, begin_ns);
  overflows_ += draft.overflows();
  PublishCounters(*map);
  Publish(std::move(map), draft.socket_fingerprint());
  pool_.ForgetUnused();
  last_round_ns_ = options_.clock->SteadyNanoseconds() - begin_ns;
}

void IdentityMaker::Publish(std::shared_ptr<IdentityMap> map, uint64_t socket_fingerprint) {
  const bool has_same_names = published_ != nullptr && published_fingerprint_ == socket_fingerprint &&
                              map->HasNamesOf(*published_) && map->HasListenersOf(*published_);
  if (has_same_names && QueuesAreEqual(*published_, *map)) {
    recent_.map = published_;
    return;
  }
  if (!has_same_names && posted_ != nullptr) {
    map->former = posted_;
    map->lost = LostSince(*posted_, *map);
  }
  published_ = map;
  published_fingerprint_ = socket_fingerprint;
  options_.hub->Publish(map);
  if (has_same_names) return;
  posted_before_ = std::exchange(posted_, map);
  options_.post(std::move(map));
}

void IdentityMaker::LogStates() {
  for (size_t i = 0; i < options_.sources.size(); ++i) {
    const IdentitySource& source = *options_.sources[i];
    int& rounds = rounds_down_[i];
    if (source.is_up() || !source.is_missed()) {
      if (source.is_up() && rounds == kRoundsUntilWarning)
        LogInfo("a source of names is up again", {{"source", std::string(source.name())}});
      rounds = 0;
    } else if (rounds < kRoundsUntilWarning && ++rounds == kRoundsUntilWarning) {
      LogWarn("a source of names is down; ends that only it knows lose their names",
              {{"source", std::string(source.name())}});
    }
  }
}

void IdentityMaker::PublishCounters(const IdentityMap& map) {
  IdentityCounters counters;
  for (const IdentitySource* const source : options_.sources)
    counters.sources.push_back({source->name(), source->is_up()});
  counters.endpoints = map.named_ends();
  counters.overflows.push_back({"identities", overflows_});
  if (options_.add_counters != nullptr) options_.add_counters(&counters);
  options_.hub->SetCounters(std::move(counters));
}

}  // namespace tcpgauge
