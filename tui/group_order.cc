// SPDX-License-Identifier: Apache-2.0
#include "tui/group_order.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {
namespace {

std::string_view InterfaceNameOf(const EdgeGroup& group, const Snapshot& snapshot) {
  return group.interface < snapshot.interfaces.size() ? snapshot.interfaces[group.interface].name : std::string_view();
}

// Not 0, which is no group.
uint64_t IdOf(const EdgeGroup& group, Grouping grouping, const Snapshot& snapshot) {
  const std::string_view interface =
      grouping == Grouping::kInterfaces ? InterfaceNameOf(group, snapshot) : std::string_view();
  const std::string workload = grouping == Grouping::kWorkloads ? WorkloadNameOf(group) : "";
  return absl::HashOf(group.client, group.server, group.is_server_prefix, group.is_client_workload, workload,
                      interface) |
         1;
}

std::optional<RecentValue> MeanOf(double recent_sum, double recent_count, std::optional<double> of_all_time) {
  if (recent_count > 0) return RecentValue{recent_sum / recent_count, true};
  if (of_all_time.has_value()) return RecentValue{*of_all_time, false};
  return std::nullopt;
}

bool IsEmpty(const EdgeSum& sum) {
  const EdgeCounters& counters = sum.counters;
  return counters.connections == 0 && counters.client_payload_bytes + counters.server_payload_bytes == 0 &&
         FailedConnections(counters) == 0;
}

// Whether the common members of `a` come before those of `b`: by workload name, bytes of addresses, port, and name of
// the interface. Both are groups of `snapshot`.
bool NameIsLess(const EdgeGroup& a, const EdgeGroup& b, const Snapshot& snapshot) {
  const auto key = [&snapshot](const EdgeGroup& group) {
    return std::make_tuple(WorkloadNameOf(group), group.client.bytes(), group.server.address.bytes(), group.server.port,
                           InterfaceNameOf(group, snapshot), group.is_client_workload);
  };
  return key(a) < key(b);
}

double ValueOr(const std::optional<RecentValue>& value, double otherwise) {
  return value.has_value() ? value->value : otherwise;
}

// The greatest key comes first.
std::pair<double, double> SortKey(const GroupRow& row, GroupSort sort) {
  constexpr double kUnknown = -1;
  switch (sort) {
    case GroupSort::kFailing:
      return {row.failed, row.bytes_per_second()};
    case GroupSort::kResponse:
      return {ValueOr(row.response_seconds, kUnknown), 0};
    case GroupSort::kOpen:
      return {static_cast<double>(row.sum->counters.connections), 0};
    case GroupSort::kUp:
      return {row.up_bytes_per_second, 0};
    case GroupSort::kDown:
      return {row.down_bytes_per_second, 0};
    case GroupSort::kLoss:
      return {ValueOr(row.loss, kUnknown), 0};
    case GroupSort::kRtt:
      return {ValueOr(row.rtt_seconds, kUnknown), 0};
    case GroupSort::kName:
      return {0, 0};
    case GroupSort::kRate:
    case GroupSort::kCount:
      break;
  }
  return {row.bytes_per_second(), row.failed};
}

}  // namespace

std::string WorkloadNameOf(const EdgeGroup& group) {
  const IdentityRef& ref = group.is_client_workload ? group.client_identity : group.server_identity;
  if (group.workload_number == 0 || ref == nullptr) return "";
  const EndIdentity& identity = ref->identity;
  if (identity.namespace_name.empty()) return std::string(identity.workload);
  return absl::StrCat(std::string(identity.namespace_name), "/", std::string(identity.workload));
}

bool GroupOrder::BeginsHistory(const Snapshot& snapshot, const Wish& wish) const {
  return wish.grouping != wish_.grouping || history_.empty() ||
         history_.LacksTimeBefore(snapshot.time_ns, snapshot.edge_changes.seconds);
}

void GroupOrder::RecordPast(const Snapshot& past, const Wish& wish) {
  wish_ = wish;
  EdgeGroups groups;
  Record(past, &groups);
}

std::vector<uint64_t> GroupOrder::Record(const Snapshot& snapshot, EdgeGroups* groups) {
  *groups = GroupEdges(snapshot, KindOf(wish_.grouping));
  std::vector<uint64_t> ids;
  ids.reserve(groups->groups.size());
  for (const EdgeGroup& group : groups->groups) ids.push_back(IdOf(group, wish_.grouping, snapshot));
  history_.Record(*groups, ids, snapshot.time_ns);
  return ids;
}

void GroupOrder::Rebuild(std::shared_ptr<const Snapshot> snapshot, const Wish& wish) {
  if (wish.grouping != wish_.grouping) history_.Clear();
  snapshot_ = std::move(snapshot);
  wish_ = wish;
  const std::vector<uint64_t> ids = Record(*snapshot_, &groups_);
  rows_.clear();
  for (size_t i = 0; i < ids.size(); ++i) rows_.push_back(MakeRow(ids[i], &groups_.groups[i], groups_.groups[i].sum));
  total_ = MakeRow(0, nullptr, groups_.total);
  Sort();
  if (!IsEmpty(groups_.other)) rows_.push_back(MakeRow(0, nullptr, groups_.other));
}

GroupRow GroupOrder::MakeRow(uint64_t id, const EdgeGroup* group, const EdgeSum& sum) const {
  GroupRow row;
  row.id = id;
  row.group = group;
  row.sum = &sum;
  SetRates(&row);
  const GroupChange minute = history_.SumOf(id, GroupHistory::kSamples).value_or(ChangeOf(sum, groups_));
  row.failed = minute.failed;
  row.loss = MeanOf(minute.retransmitted, minute.segments, LossShare(sum.counters));
  row.response_seconds = MeanOf(minute.response_seconds, minute.responses, MeanResponseSeconds(sum.counters));
  row.rtt_seconds = MeanOf(minute.handshake_seconds, minute.handshakes, MeanHandshakeRttSeconds(sum.counters));
  return row;
}

void GroupOrder::SetRates(GroupRow* row) const {
  GroupChange change = ChangeOf(*row->sum, groups_);
  if (const int seconds = LookOf(wish_.averaging).seconds; seconds > 0) {
    change = history_.SumOf(row->id, static_cast<size_t>(seconds)).value_or(change);
  } else if (wish_.averaging == Averaging::kLifetime) {
    change.seconds = static_cast<double>(snapshot_->time_ns - snapshot_->capture_start_time_ns) / kNanosecondsPerSecond;
    change.up_bytes = static_cast<double>(row->sum->counters.client_payload_bytes);
    change.down_bytes = static_cast<double>(row->sum->counters.server_payload_bytes);
  }
  if (change.seconds <= 0) return;
  row->up_bytes_per_second = change.up_bytes / change.seconds;
  row->down_bytes_per_second = change.down_bytes / change.seconds;
}

void GroupOrder::Sort() {
  const auto rank_of = [this](const GroupRow& row) {
    const auto found = frozen_ranks_.find(row.id);
    return found == frozen_ranks_.end() ? frozen_ranks_.size() : found->second;
  };
  std::sort(rows_.begin(), rows_.end(), [&](const GroupRow& left, const GroupRow& right) {
    if (const size_t left_rank = rank_of(left), right_rank = rank_of(right); left_rank != right_rank) {
      return left_rank < right_rank;
    }
    const GroupRow& a = wish_.reverse ? right : left;
    const GroupRow& b = wish_.reverse ? left : right;
    const auto a_key = SortKey(a, wish_.sort), b_key = SortKey(b, wish_.sort);
    return a_key != b_key ? a_key > b_key : NameIsLess(*a.group, *b.group, *snapshot_);
  });
}

void GroupOrder::Freeze() {
  frozen_ranks_.clear();
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].group != nullptr) frozen_ranks_[rows_[i].id] = i;
  }
}

std::string GroupOrder::FilterOfRow(const GroupRow& row) const {
  return row.group == nullptr ? "" : FilterOf(*row.group, KindOf(wish_.grouping), *snapshot_);
}

}  // namespace tcpgauge
