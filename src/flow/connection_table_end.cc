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
  ledger_.Leave(ConnectionState::kSynSent);
  if (reason.has_value()) {
    ledger_.Close({embryo.key, embryo.sender(), EdgeTable::kNone, *reason, /*duration_ns=*/0, /*payload_bytes=*/0});
  }
  if (sink_ != nullptr) {
    sink_->OnConnectionEnded({Summarize(slot | kEmbryoSlots), encapsulations_.Get(embryo.key.encapsulation), reason});
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
  const uint32_t hash = static_cast<uint32_t>(index_.HashOf(record.key));
  index_.Prefetch(hash);
  if (!record.has(ConnectionRecord::kConfirmed)) {
    ledger_.CreditAll(now_ns_, &record);
  } else {
    ledger_.Leave(record.state);
    if (reason.has_value()) {
      const uint64_t payload_bytes = record.ends[0].payload_bytes + record.ends[1].payload_bytes;
      // The window's bytes cannot exceed the total, so compare the cheap upper bound first.
      if (recently_ended_.WouldKeep(payload_bytes)) {
        const uint64_t weight = WindowPayloadBytes(slot, now_ns_);
        if (recently_ended_.WouldKeep(weight)) {
          RecentlyEnded::Entry entry = {Summarize(slot), now_ns_};
          entry.summary.window_payload_bytes = weight;
          recently_ended_.Add(entry);
        }
      }
      ledger_.Close({record.key, record.client_end(), record.edge, *reason,
                     record.last_packet_time_ns - details_[slot].start_time_ns(), payload_bytes});
      if (record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset ||
          reason == EndReason::kFin) {
        time_wait_.Add(TimeWaitHash(record.key), {record.ends[0].initial_sequence, record.ends[1].initial_sequence},
                       record.last_packet_time_ns);
      }
    }
  }
  if (sink_ != nullptr) {
    sink_->OnConnectionEnded({Summarize(slot), encapsulations_.Get(record.key.encapsulation), reason});
  }
  timeouts_.Remove(slot);
  index_.Erase(slot, hash);
  gaps_.Release(&record.gaps);
  encapsulations_.Release(record.key.encapsulation);
  record.flags = 0;
  details_[slot].next = free_records_;
  free_records_ = slot;
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
  ledger_.Rebalance(now_ns_);
  if (options_.keep_rates) recently_ended_.Expire(now_ns_);
  return steps > 0;
}

void ConnectionTable::EndAll() {
  while (embryos_.oldest() != EmbryoTable::kNone) EndEmbryo(embryos_.oldest(), std::nullopt);
  for (uint32_t slot = 0; slot < record_limit_; ++slot) {
    if (records_[slot].has(ConnectionRecord::kInUse)) EndConnection(slot, std::nullopt);
  }
}

}  // namespace tcpgauge
