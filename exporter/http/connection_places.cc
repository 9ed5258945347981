// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/connection_places.h"

#include <algorithm>
#include <utility>

namespace tcpgauge {

ConnectionPlaces::Handle ConnectionPlaces::Add(std::string client, int64_t now_ns, std::function<void()> close) {
  ++count_of_client_[client];
  Place place;
  place.client = std::move(client);
  place.close = std::move(close);
  place.opened_ns = place.since_ns = now_ns;
  places_.push_back(std::move(place));
  return std::prev(places_.end());
}

void ConnectionPlaces::Remove(Handle place) {
  const auto count = count_of_client_.find(place->client);
  if (--count->second == 0) count_of_client_.erase(count);
  places_.erase(place);
}

void ConnectionPlaces::Close(Handle place) {
  const std::function<void()> close = place->close;  // outlives the place
  close();
}

void ConnectionPlaces::Begin(Handle place, Phase phase, int64_t now_ns) {
  place->phase = phase;
  place->is_half = false;
  place->since_ns = place->taken_ns = now_ns;
}

void ConnectionPlaces::BeginRequest(Handle place, int64_t now_ns) {
  if (place->phase != Phase::kRequest || place->is_half) return;
  place->is_half = true;
  place->since_ns = now_ns;
}

void ConnectionPlaces::Observe(Handle place, uint64_t taken_bytes, uint64_t pending_bytes, int64_t now_ns) const {
  // The kernel counts the end of the stream, and what TLS adds, among what is not taken. So the count may fall.
  taken_bytes = std::max(taken_bytes, place->taken_bytes);
  const uint64_t taken = taken_bytes - place->taken_bytes;
  const bool was_pending = place->pending_bytes >= rules_.crowded_pending_bytes;
  const bool is_pending = pending_bytes >= rules_.crowded_pending_bytes;
  const auto worth_ns = static_cast<int64_t>(static_cast<double>(taken) * kNanosecondsPerSecond /
                                             static_cast<double>(rules_.crowded_bytes_per_second));
  // What is taken beyond the speed that is asked for is no credit for later.
  place->behind_ns = std::max<int64_t>(place->behind_ns + now_ns - place->observed_ns - worth_ns, 0);
  if (!was_pending || !is_pending) place->behind_ns = 0;
  if (taken > 0) place->taken_ns = now_ns;
  place->taken_bytes = taken_bytes;
  place->pending_bytes = pending_bytes;
  place->observed_ns = now_ns;
}

int ConnectionPlaces::Rank(const Place& place, int64_t now_ns) {
  const int64_t age_ns = now_ns - place.since_ns;
  const bool is_half = place.phase == Phase::kRequest && place.is_half;
  if (place.phase == Phase::kClosing && place.pending_bytes == 0) return 1;
  if (place.behind_ns >= kBehindNs || (is_half && age_ns >= kBehindNs)) return 2;
  if (is_half) return 4;
  if (place.phase == Phase::kRequest) return age_ns >= kIdleNs ? 3 : 5;
  if (place.phase == Phase::kAnswering) return 7;
  return now_ns - place.opened_ns < kProvenNs ? 4 : 6;
}

ConnectionPlaces::Handle ConnectionPlaces::Victim(int64_t now_ns) {
  const auto order = [&](const Place& place) {
    const int rank = Rank(place, now_ns);
    const int64_t idle_ns = now_ns - (place.pending_bytes > 0 ? place.taken_ns : place.since_ns);
    // Beyond its share, an address loses its places so much sooner.
    const size_t count = std::max(count_of_client_.at(place.client), rules_.share);
    const double shares = static_cast<double>(count) / static_cast<double>(rules_.share);
    return std::make_pair(rank, static_cast<double>(idle_ns) * (rank == 7 ? 1 / shares : -shares));
  };
  if (places_.size() < 2) return places_.end();
  return std::min_element(places_.begin(), std::prev(places_.end()),
                          [&order](const Place& a, const Place& b) { return order(a) < order(b); });
}

ConnectionPlaces::Handle ConnectionPlaces::SlowestReader() {
  const auto slowest = std::max_element(places_.begin(), places_.end(),
                                        [](const Place& a, const Place& b) { return a.behind_ns < b.behind_ns; });
  return slowest != places_.end() && slowest->behind_ns >= kBehindNs ? slowest : places_.end();
}

bool ConnectionPlaces::IsOverdue(const Place& place, int64_t now_ns, bool use_crowd_rules) const {
  const int64_t age_ns = now_ns - place.since_ns;
  if (use_crowd_rules && place.behind_ns >= rules_.crowded_behind_ns) return true;
  switch (place.phase) {
    case Phase::kRequest:
      if (!place.is_half) return age_ns >= rules_.idle_ns;
      return age_ns >= rules_.request_ns || (use_crowd_rules && age_ns >= rules_.crowded_request_ns);
    case Phase::kClosing:
      return age_ns >= (place.pending_bytes == 0 ? rules_.closing_ns : rules_.response_ns);
    case Phase::kAnswering:
    case Phase::kSending:
      break;
  }
  return age_ns >= rules_.response_ns;
}

std::vector<ConnectionPlaces::Handle> ConnectionPlaces::Overdue(int64_t now_ns, bool use_crowd_rules) {
  std::vector<Handle> overdue;
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    if (IsOverdue(*place, now_ns, use_crowd_rules)) overdue.push_back(place);
  }
  return overdue;
}

}  // namespace tcpgauge
