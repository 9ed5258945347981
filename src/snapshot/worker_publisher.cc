// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/worker_publisher.h"

#include <algorithm>

#include "src/flow/binding_table.h"
#include "src/flow/duplicate_kind.h"
#include "src/flow/edge_services.h"
#include "src/flow/encapsulation_table.h"
#include "src/net/connection_state.h"
#include "src/snapshot/interface_view.h"

namespace tcpgauge {

WorkerPublisher::WorkerPublisher(ConnectionTable* table, const CaptureCounters* counters,
                                 TripleBuffer<WorkerSnapshot>* buffer, int64_t interval_ns, int64_t lateness_ns,
                                 size_t max_rows, std::optional<FewRows> few)
    : table_(*table),
      counters_(*counters),
      buffer_(*buffer),
      interval_ns_(interval_ns),
      lateness_ns_(lateness_ns),
      max_rows_(max_rows),
      few_(few),
      all_(max_rows),
      old_(few.has_value() ? few->rows_of_kind : 0),
      young_(few.has_value() ? few->rows_of_kind : 0),
      view_ranges_(MaxViews(table->max_connections(), max_rows)),
      stalled_(table->edges()) {}

WorkerPublisher::Progress WorkerPublisher::Step(int64_t steady_ns, int64_t wanted_since_ns,
                                                int64_t all_wanted_since_ns) {
  if (!in_pass_) {
    const bool all_wanted = all_begun_ns_ < all_wanted_since_ns;
    if (steady_ns < next_pass_ns_ && begun_ns_ >= wanted_since_ns && !all_wanted) return Progress::kIdle;
    const bool lists_all = all_wanted_since_ns != INT64_MIN && steady_ns - all_wanted_since_ns < kAllHoldNs;
    next_pass_ns_ = steady_ns - steady_ns % interval_ns_ + interval_ns_;
    Begin(steady_ns, all_wanted || lists_all ? ListedRows::kAll : ListedRows::kFew);
  }
  if (!CopySlice()) return Progress::kInPass;
  Publish();
  return Progress::kPublished;
}

void WorkerPublisher::PublishNow(ListedRows listed_rows) {
  Begin(INT64_MAX, listed_rows);
  while (!CopySlice()) {
  }
  Publish();
}

void WorkerPublisher::Begin(int64_t steady_ns, ListedRows listed_rows) {
  if (!few_.has_value()) listed_rows = ListedRows::kAll;
  in_pass_ = true;
  begun_ns_ = steady_ns;
  if (listed_rows == ListedRows::kAll) all_begun_ns_ = steady_ns;
  next_slot_ = 0;
  embryo_end_ = table_.embryo_limit();
  // Each embryo may become a record before the pass reaches it.
  record_end_ = table_.record_limit() + (embryo_end_ - ConnectionTable::kEmbryoSlots);
  rates_time_ns_ = table_.now_ns() - lateness_ns_;
  for (RowPool* const pool : {&all_, &old_, &young_}) pool->Clear();
  WorkerSnapshot& back = buffer_.back();
  back.begun_ns = steady_ns;
  const size_t most_rows = listed_rows == ListedRows::kAll ? max_rows_ : 2 * few_->rows_of_kind + kept_.size();
  if (back.listed_rows == ListedRows::kAll && listed_rows == ListedRows::kFew) {
    back.rows = std::vector<ConnectionSummary>();  // gives the memory back
    back.slots = std::vector<uint32_t>();
  }
  back.listed_rows = listed_rows;
  back.rows.clear();
  back.slots.clear();
  // Growth would copy all rows. Reserving costs only address space until rows are written.
  back.rows.reserve(most_rows);
  back.slots.reserve(most_rows);
  back.encapsulations.reserve(table_.encapsulations().capacity());
  back.connections_not_listed = 0;
  back.encapsulations.assign(1, Encapsulation());
  encapsulation_indexes_.clear();
  back.identities.assign(1, nullptr);
  identity_indexes_.clear();
  view_ranges_.Clear(&back.views);
  stalled_.Clear();
  of_interfaces_.clear();
}

bool WorkerPublisher::CopySlice() {
  const uint32_t record_end = std::min(record_end_, table_.record_limit());
  if (next_slot_ < ConnectionTable::kEmbryoSlots && next_slot_ >= record_end) {
    next_slot_ = ConnectionTable::kEmbryoSlots;
  }
  const uint32_t limit = next_slot_ < ConnectionTable::kEmbryoSlots ? record_end : embryo_end_;
  const uint32_t end = std::min(limit, next_slot_ + kSliceSlots);
  for (; next_slot_ < end; ++next_slot_) {
    if (table_.IsConfirmed(next_slot_)) CopySlot(next_slot_);
  }
  return next_slot_ >= ConnectionTable::kEmbryoSlots && next_slot_ >= embryo_end_;
}

void WorkerPublisher::CopySlot(uint32_t slot) {
  WorkerSnapshot& back = buffer_.back();
  if (table_.HasUntold(slot)) table_.TellEdge(slot);
  const bool is_stalled = table_.edges() != nullptr && table_.IsStalled(slot);
  if (is_stalled) stalled_.Add(table_.EdgeOf(slot));
  CountForInterface(slot, is_stalled);
  const uint64_t window_payload_bytes = table_.WindowPayloadBytes(slot, rates_time_ns_);
  const uint32_t index = PlaceFor(slot, window_payload_bytes);
  if (index == RowPool::kNone) {
    ++back.connections_not_listed;
    return;
  }
  if (index < back.rows.size()) {
    ++back.connections_not_listed;  // the connection that lost this row
    view_ranges_.GiveBack({back.rows[index].first_view, back.rows[index].view_count});
  } else {
    back.rows.emplace_back();
    back.slots.emplace_back();
  }
  back.slots[index] = slot;
  ConnectionSummary& row = back.rows[index];
  row = table_.Summarize(slot);
  row.encapsulation = EncapsulationIndex(row.encapsulation);
  const Binding& ends = table_.EndsOf(slot);
  row.client_identity = IdentityIndex(ends.client);
  row.server_identity = IdentityIndex(ends.server);
  CopyViews(slot, &row);
  row.client_sent.payload_bytes_per_second = table_.PayloadRate(slot, true, rates_time_ns_);
  row.server_sent.payload_bytes_per_second = table_.PayloadRate(slot, false, rates_time_ns_);
  row.window_payload_bytes = window_payload_bytes;
}

void WorkerPublisher::CountForInterface(uint32_t slot, bool is_stalled) {
  if (!IsOpen(table_.StateOf(slot))) return;
  const size_t interface = table_.InterfaceOf(slot);
  if (interface >= of_interfaces_.size()) of_interfaces_.resize(interface + 1);
  ++of_interfaces_[interface].open;
  if (is_stalled) ++of_interfaces_[interface].stalled;
}

uint32_t WorkerPublisher::PlaceFor(uint32_t slot, uint64_t weight) {
  const WorkerSnapshot& back = buffer_.back();
  const auto next = static_cast<uint32_t>(back.rows.size());
  if (back.listed_rows == ListedRows::kAll) return all_.Assign(weight, next);
  if (kept_.contains(slot)) return next;
  const bool is_old = table_.IsOpenSince(slot, rates_time_ns_ - few_->window_ns);
  return (is_old ? old_ : young_).Assign(weight, next);
}

void WorkerPublisher::CopyViews(uint32_t slot, ConnectionSummary* row) {
  views_.clear();
  table_.AppendViews(slot, &views_);
  for (ConnectionView& view : views_) view.encapsulation = EncapsulationIndex(view.encapsulation);
  const ViewRange range = view_ranges_.Store(views_, &buffer_.back().views);
  row->first_view = range.first;
  row->view_count = range.count;
}

uint32_t WorkerPublisher::EncapsulationIndex(uint32_t number) {
  if (number == EncapsulationTable::kNone) return 0;
  std::vector<Encapsulation>& listed = buffer_.back().encapsulations;
  const Encapsulation& encapsulation = table_.encapsulations().Get(number);
  if (number >= encapsulation_indexes_.size()) encapsulation_indexes_.resize(number + 1, 0);
  uint32_t& index = encapsulation_indexes_[number];
  // During a pass, the table may give a number to another encapsulation.
  if (index == 0 || !(listed[index] == encapsulation)) {
    // Rows that were lost and numbers that were reused leave entries behind, which can fill the list. This row then
    // gets the empty encapsulation, like a connection beyond the table's bound.
    if (listed.size() == table_.encapsulations().capacity()) return 0;
    index = static_cast<uint32_t>(listed.size());
    listed.push_back(encapsulation);
  }
  return index;
}

uint32_t WorkerPublisher::IdentityIndex(const IdentityRef& identity) {
  if (identity == nullptr) return 0;
  std::vector<IdentityRef>& listed = buffer_.back().identities;
  const auto [index, is_new] = identity_indexes_.emplace(identity->number, static_cast<uint32_t>(listed.size()));
  if (is_new) listed.push_back(identity);
  return index->second;
}

void WorkerPublisher::CopyEdges(EdgesView* edges) const {
  edges->exported.clear();
  const EdgeTable* table = table_.edges();
  if (table == nullptr) return;
  edges->exported.reserve(table->max_exported());  // growth would copy all distributions
  table->VisitExported(
      [&](const EdgeKey& key, const EdgeCounters& counters, const EdgeServices& services, int64_t start_time_ns) {
        const Binding& ends = table->EndsOf(key);
        edges->exported.push_back(
            {key, counters, services, start_time_ns, ends.client, ends.server, table->DistributionsOf(key)});
      });
  edges->other = table->other();
  stalled_.CopyTo(edges);
  edges->other_distributions = table->other_distributions();
  edges->retired = table->retired();
  edges->retired_distributions = table->retired_distributions();
  edges->retired_edges = table->retired_edges();
  edges->new_edges = table->new_edges();
  edges->folded = table->folded();
  edges->renamed = table->renamed();
  edges->pending_attempts = table_.pending_attempts();
  edges->v4_prefix_bits = table->v4_prefix_bits();
  edges->v6_prefix_bits = table->v6_prefix_bits();
  edges->v4_server_prefix_bits = table->v4_server_prefix_bits();
  edges->v6_server_prefix_bits = table->v6_server_prefix_bits();
}

void WorkerPublisher::CopyInterfaces(CaptureCounters* counters) const {
  for (size_t i = 0; i < counters->interfaces.size(); ++i) {
    InterfaceView& interface = counters->interfaces[i];
    for (size_t kind = 0; kind < kDuplicateKindCount; ++kind) {
      interface.duplicate_packets[kind] = table_.duplicate_packets(i, static_cast<DuplicateKind>(kind));
    }
    interface.account = table_.InterfaceAccount(i);
    if (i >= of_interfaces_.size()) continue;
    interface.open_connections = of_interfaces_[i].open;
    interface.stalled_connections = of_interfaces_[i].stalled;
  }
}

void WorkerPublisher::Publish() {
  in_pass_ = false;
  WorkerSnapshot& back = buffer_.back();
  back.time_ns = table_.now_ns();
  back.totals = table_.told_totals();
  back.counters = counters_;
  CopyInterfaces(&back.counters);
  back.unmatched_fragments = table_.unmatched_fragments();
  back.overflows = table_.overflows();
  for (size_t i = 0; i < kOverflowCount; ++i) back.overflows[i] += counters_.overflows[i];
  CopyEdges(&back.edges);
  back.workloads.clear();
  if (table_.identities() != nullptr && table_.edges() != nullptr) table_.edges()->AppendWorkloads(&back.workloads);
  back.identity_map = table_.identities();
  back.identity_lookups = table_.identity_lookups();
  back.ended_rows.clear();
  table_.recently_ended().Visit([&back](const RecentlyEnded::Entry& entry) {
    back.ended_rows.push_back(entry.summary);
    // The table may have given the number to another encapsulation, and no metric shows it.
    back.ended_rows.back().encapsulation = 0;
  });
  buffer_.Publish();
}

}  // namespace tcpgauge
