// SPDX-License-Identifier: Apache-2.0
// The part of ConnectionTable that ends connections: after a time-out, by eviction, and at the end of the program.
#include <algorithm>

#include "src/base/check.h"
#include "src/flow/connection_table.h"
#include "src/flow/state_facts.h"

namespace tcpgauge {
namespace {

constexpr int kExpiryStepsPerCall = 256;

}  // namespace

void ConnectionTable::EndEmbryo(uint32_t slot, std::optional<EndReason> reason) {
  const Embryo& embryo = embryos_[slot];
  if (embryo.is_provisional) {
    pins_.CountDuplicate(embryo.interface, embryo.duplicate_kind(), 1);
  } else {
    ledger_.Leave(ConnectionState::kSynSent);
    if (embryo.is_edge_pending) OpenEdgeOfEmbryo(slot);
    EdgeBinding bound = BoundOf(slot | kEmbryoSlots);
    ledger_.CloseEdge(embryo.key, embryo.sender(), EdgeTable::kNone, bound);
    if (reason.has_value()) {
      ledger_.Close({embryo.key, embryo.sender(), EdgeTable::kNone, bound, embryo.interface, *reason,
                     /*duration_ns=*/0, /*payload_bytes=*/0},
                    now_ns_);
    }
    if (sink_ != nullptr) {
      const Binding& ends = names_.bindings().Get(bound.binding);
      sink_->OnConnectionEnded({Summarize(slot | kEmbryoSlots),
                                encapsulations_.Get(embryo.key.encapsulation),
                                reason,
                                {},
                                {},
                                ends.client,
                                ends.server});
    }
    ledger_.Release(&bound);
  }
  index_.Erase(slot | kEmbryoSlots, static_cast<uint32_t>(index_.HashOf(embryo.key)));
  encapsulations_.Release(embryo.key.encapsulation);
  embryos_.Remove(slot);
}

void ConnectionTable::MakeRoom() {
  if (size() < options_.max_connections) return;
  if (embryos_.oldest() != EmbryoTable::kNone) {
    EndEmbryo(embryos_.oldest(), EndReason::kEvicted);
    return;
  }
  const uint32_t victim = timeouts_.FindLeastUseful();
  TCPGAUGE_CHECK(victim != Timeouts::kNone);
  EndConnection(victim, EndReason::kEvicted);
}

void ConnectionTable::EndConnection(uint32_t slot, std::optional<EndReason> reason) {
  ConnectionRecord& record = records_[slot];
  index_.Prefetch(static_cast<uint32_t>(index_.HashOf(record.key)));
  if (record.is_edge_pending) OpenEdge(slot);
  if (!record.has(ConnectionRecord::kConfirmed)) {
    CreditAll(slot);
  } else {
    if (untold_.Has(slot)) TellEdge(slot);
    ledger_.Leave(record.state);
    if (IsOpen(record.state)) ledger_.CloseEdge(record.key, record.client_end(), record.edge, record.bound);
    if (reason.has_value()) {
      const uint64_t payload_bytes = record.ends[0].payload_bytes + record.ends[1].payload_bytes;
      // The window's bytes cannot exceed the total, so compare the cheap upper bound first.
      const int64_t lifetime_ns = record.last_packet_time_ns - details_[slot].start_time_ns();
      const bool lived_for_a_window = lifetime_ns >= options_.ranking_window_ns;
      if (recently_ended_.WouldKeep(payload_bytes, lived_for_a_window)) {
        const uint64_t weight = WindowPayloadBytes(slot, now_ns_);
        if (recently_ended_.WouldKeep(weight, lived_for_a_window)) {
          RecentlyEnded::Entry entry = {Summarize(slot), now_ns_, lived_for_a_window};
          entry.summary.window_payload_bytes = weight;
          recently_ended_.Add(entry);
        }
      }
      ledger_.Close({record.key, record.client_end(), record.edge, record.bound, InterfacePins::InterfaceOf(record),
                     *reason, lifetime_ns, payload_bytes},
                    now_ns_);
      if (record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset ||
          reason == EndReason::kFin) {
        RememberEnded(slot);
      }
    }
  }
  if (sink_ != nullptr) {
    EndedConnection ended = {Summarize(slot), encapsulations_.Get(record.key.encapsulation), reason};
    AppendViews(slot, &ended.views);
    for (const ConnectionView& view : ended.views) {
      ended.view_encapsulations.push_back(encapsulations_.Get(view.encapsulation));
    }
    const Binding& ends = names_.bindings().Get(record.bound.binding);
    ended.client = ends.client;
    ended.server = ends.server;
    sink_->OnConnectionEnded(ended);
  }
  FreeRecord(slot);
}

void ConnectionTable::FreeRecord(uint32_t slot) {
  ConnectionRecord& record = records_[slot];
  timeouts_.Remove(slot);
  EraseKeys(slot);
  gaps_.Release(&record.gaps);
  ledger_.Release(&record.bound);
  record.flags = 0;
  --records_in_use_;
  details_[slot].next = free_records_;
  free_records_ = slot;
}

void ConnectionTable::RememberEnded(uint32_t slot) {
  const ConnectionRecord& record = records_[slot];
  const TimeWaitTable::InitialSequences sequences = {record.ends[0].initial_sequence, record.ends[1].initial_sequence};
  if (HasOwnKey(slot)) time_wait_.Add(TimeWaitHash(record.key), sequences, record.last_packet_time_ns);
  for (uint32_t at = details_[slot].first_view; at != ViewTable::kNone; at = views_[at].next) {
    const TimeWaitTable::InitialSequences swapped = {sequences[1], sequences[0]};
    time_wait_.Add(TimeWaitHash(views_[at].key), views_[at].is_swapped ? swapped : sequences,
                   record.last_packet_time_ns);
  }
}

void ConnectionTable::SettleAttempts() {
  for (uint32_t slot = embryos_.oldest(); slot != EmbryoTable::kNone; slot = embryos_[slot].newer) {
    if (embryos_[slot].is_edge_pending) OpenEdgeOfEmbryo(slot);
  }
  for (uint32_t slot = 0; slot < record_limit_; ++slot) {
    if (records_[slot].has(ConnectionRecord::kInUse) && records_[slot].is_edge_pending) OpenEdge(slot);
  }
}

void ConnectionTable::TellRepeatedAttempts() {
  while (repeated_attempts_.HasAddedBy(now_ns_ - kRepetitionNs)) {
    const RepeatedAttempts::Attempt attempt = repeated_attempts_.TakeFirst();
    const ConnectionRecord& record = records_[attempt.slot];
    const bool waits = record.has(ConnectionRecord::kInUse) && record.is_edge_pending &&
                       record.client().initial_sequence == attempt.initial_sequence;
    if (waits && record.pending_edge.provisional_views == 0) OpenEdge(attempt.slot);
  }
}

bool ConnectionTable::AdvanceTime(int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  int steps = kExpiryStepsPerCall;
  for (; steps > 0 && embryos_.oldest() != EmbryoTable::kNone; --steps) {
    if (now_ns_ - embryos_[embryos_.oldest()].time_ns < kHandshakeTimeoutNs) break;
    if (steps % kBatch == 0) FetchOldestEmbryos(kBatch);
    EndEmbryo(embryos_.oldest(), EndReason::kHandshakeTimeout);
  }
  uint32_t slot;
  while ((slot = timeouts_.FindIdle(now_ns_, &steps)) != Timeouts::kNone) {
    EndConnection(slot, EndReasonOf(records_[slot]));
  }
  TellRepeatedAttempts();
  bool all_told = now_ns_ < next_telling_ns_;
  if (!all_told && TellSomeEdges()) {
    all_told = true;
    next_telling_ns_ = now_ns_ + kTellingIntervalNs;
  }
  ledger_.Rebalance(now_ns_);
  if (options_.keep_rates) recently_ended_.Expire(now_ns_);
  const bool all_bound = next_to_bind_ == kNoSlot || BindSomeAgain();
  return steps > 0 && all_bound && all_told;
}

void ConnectionTable::EndAll() {
  while (embryos_.oldest() != EmbryoTable::kNone) EndEmbryo(embryos_.oldest(), std::nullopt);
  for (uint32_t slot = 0; slot < record_limit_; ++slot) {
    if (records_[slot].has(ConnectionRecord::kInUse)) EndConnection(slot, std::nullopt);
  }
}

}  // namespace tcpgauge
