// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_maker.h"

#include <algorithm>
#include <utility>

namespace tcpgauge {
namespace {

bool NamesAreEqual(const IdentityMap& a, const IdentityMap& b) {
  return a.addresses == b.addresses && a.endpoints == b.endpoints && a.wildcard_ports == b.wildcard_ports &&
         a.shared_addresses == b.shared_addresses && a.local_addresses == b.local_addresses;
}

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
  std::shared_ptr<const IdentityMap> map = draft.Finish(&recent_, begin_ns);
  overflows_ += draft.overflows();
  PublishCounters(*map);
  Publish(std::move(map), draft.socket_fingerprint());
  pool_.ForgetUnused();
  last_round_ns_ = options_.clock->SteadyNanoseconds() - begin_ns;
}

void IdentityMaker::Publish(std::shared_ptr<const IdentityMap> map, uint64_t socket_fingerprint) {
  const bool has_same_names =
      published_ != nullptr && published_fingerprint_ == socket_fingerprint && NamesAreEqual(*published_, *map);
  if (has_same_names && QueuesAreEqual(*published_, *map)) return;
  published_ = map;
  published_fingerprint_ = socket_fingerprint;
  options_.hub->Publish(map);
  if (has_same_names) return;
  posted_before_ = std::exchange(posted_, map);
  options_.post(std::move(map));
}

void IdentityMaker::PublishCounters(const IdentityMap& map) {
  IdentityCounters counters;
  for (const IdentitySource* const source : options_.sources)
    counters.sources.push_back({source->name(), source->is_up()});
  counters.endpoints = map.addresses.size() + map.endpoints.size() + map.wildcard_ports.size();
  counters.overflows.push_back({"identities", overflows_});
  if (options_.add_counters != nullptr) options_.add_counters(&counters);
  options_.hub->SetCounters(std::move(counters));
}

}  // namespace tcpgauge
