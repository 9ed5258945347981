#include "src/snapshot/shard_publisher.h"

#include <algorithm>
#include <numeric>

#include "src/flow/encapsulation_table.h"

namespace tcpgauge {
namespace {

// A scale on which a heavier connection never stands below a lighter one: four steps to each power of two.
size_t ScoreBucket(uint64_t bytes) {
  if (bytes < 4) return static_cast<size_t>(bytes);
  const int log2 = 63 - __builtin_clzll(bytes);
  return static_cast<size_t>(log2) * 4 + (bytes >> (log2 - 2) & 3);
}

}  // namespace

ShardPublisher::ShardPublisher(const ConnectionTable* table, const CaptureCounters* counters,
                               TripleBuffer<ShardSnapshot>* buffer, int64_t interval_ns, int64_t lateness_ns,
                               size_t max_rows)
    : table_(*table),
      counters_(*counters),
      buffer_(*buffer),
      interval_ns_(interval_ns),
      lateness_ns_(lateness_ns),
      max_rows_(max_rows),
      threshold_quota_(max_rows) {}

ShardPublisher::Progress ShardPublisher::Step(int64_t steady_ns, int64_t wanted_since_ns) {
  if (!in_pass_) {
    if (steady_ns < next_pass_ns_ && begun_ns_ >= wanted_since_ns) return Progress::kIdle;
    next_pass_ns_ = steady_ns - steady_ns % interval_ns_ + interval_ns_;
    Begin(steady_ns);
  }
  if (!CopySlice()) return Progress::kInPass;
  published_ns_ = steady_ns;
  Publish();
  return Progress::kPublished;
}

void ShardPublisher::PublishNow() {
  Begin(INT64_MAX);
  while (!CopySlice()) {
  }
  Publish();
}

void ShardPublisher::Begin(int64_t steady_ns) {
  in_pass_ = true;
  const bool distribution_holds =
      published_ns_ >= steady_ns - kDistributionLastsNs && table_.size() <= counted_ + counted_ / 8;
  counts_only_ = table_.size() > max_rows_ && !distribution_holds;
  begun_ns_ = steady_ns;
  ShardSnapshot& back = buffer_.back();
  back.begun_ns = steady_ns;
  back.rows.clear();
  // Room for all, since growing would copy all: address space alone, until rows are written.
  back.rows.reserve(max_rows_);
  back.encapsulations.reserve(EncapsulationTable::kCapacity);
  back.connections_not_listed = 0;
  back.encapsulations.assign(1, Encapsulation());
  encapsulation_places_.clear();
  BeginRound();
}

void ShardPublisher::BeginRound() {
  next_slot_ = 0;
  rates_time_ns_ = table_.now_ns() - lateness_ns_;
  threshold_left_ = threshold_quota_;
  score_counts_.fill(0);
}

bool ShardPublisher::CopySlice() {
  if (next_slot_ < ConnectionTable::kEmbryoSlots && next_slot_ >= table_.record_limit()) {
    next_slot_ = ConnectionTable::kEmbryoSlots;
  }
  const uint32_t limit = next_slot_ < ConnectionTable::kEmbryoSlots ? table_.record_limit() : table_.embryo_limit();
  const uint32_t end = std::min(limit, next_slot_ + kSliceSlots);
  for (; next_slot_ < end; ++next_slot_) {
    if (table_.IsConfirmed(next_slot_)) TakeSlot(next_slot_);
  }
  if (next_slot_ < ConnectionTable::kEmbryoSlots || next_slot_ < table_.embryo_limit()) return false;
  ChooseThreshold();
  if (!counts_only_) return true;
  counts_only_ = false;
  BeginRound();
  return false;
}

void ShardPublisher::TakeSlot(uint32_t slot) {
  const uint64_t score = table_.WindowPayloadBytes(slot, rates_time_ns_);
  const size_t bucket = ScoreBucket(score);
  ++score_counts_[bucket];
  if (counts_only_) return;
  ShardSnapshot& back = buffer_.back();
  if (back.rows.size() >= max_rows_ || bucket < threshold_bucket_ ||
      (bucket == threshold_bucket_ && threshold_left_ == 0)) {
    ++back.connections_not_listed;
    return;
  }
  if (bucket == threshold_bucket_) --threshold_left_;
  ShardRow row;
  row.summary = table_.Summarize(slot);
  row.summary.encapsulation = PlaceOf(row.summary.encapsulation);
  row.client_payload_rate = table_.PayloadRate(slot, true, rates_time_ns_);
  row.server_payload_rate = table_.PayloadRate(slot, false, rates_time_ns_);
  row.window_payload_bytes = score;
  back.rows.push_back(row);
}

uint32_t ShardPublisher::PlaceOf(uint32_t number) {
  if (number == EncapsulationTable::kNone) return 0;
  std::vector<Encapsulation>& listed = buffer_.back().encapsulations;
  const Encapsulation& encapsulation = table_.encapsulations().Get(number);
  if (number >= encapsulation_places_.size()) encapsulation_places_.resize(number + 1, 0);
  uint32_t& place = encapsulation_places_[number];
  // While a pass goes on, a number may be given to another encapsulation.
  if (place == 0 || !(listed[place] == encapsulation)) {
    place = static_cast<uint32_t>(listed.size());
    listed.push_back(encapsulation);
  }
  return place;
}

void ShardPublisher::ChooseThreshold() {
  counted_ = std::accumulate(score_counts_.begin(), score_counts_.end(), size_t{0});
  size_t room = max_rows_;
  threshold_bucket_ = kScoreBuckets - 1;
  while (threshold_bucket_ > 0 && score_counts_[threshold_bucket_] <= room) {
    room -= score_counts_[threshold_bucket_];
    --threshold_bucket_;
  }
  threshold_quota_ = room;
}

void ShardPublisher::CopyEdges(EdgesView* edges) const {
  edges->exported.clear();
  const EdgeTable* table = table_.edges();
  if (table == nullptr) return;
  table->VisitExported([edges](const EdgeKey& key, const EdgeCounters& counters, int64_t start_time_ns) {
    edges->exported.push_back({key, counters, start_time_ns});
  });
  edges->other = table->other();
  edges->retired = table->retired();
  edges->retired_edges = table->retired_edges();
  edges->folded = table->folded();
  edges->v4_prefix_bits = table->v4_prefix_bits();
  edges->v6_prefix_bits = table->v6_prefix_bits();
}

void ShardPublisher::Publish() {
  in_pass_ = false;
  ShardSnapshot& back = buffer_.back();
  back.time_ns = table_.now_ns();
  back.totals = table_.totals();
  back.counters = counters_;
  for (size_t i = 0; i < back.counters.interfaces.size(); ++i) {
    back.counters.interfaces[i].duplicate_packets = table_.duplicate_packets(i);
  }
  back.unmatched_fragments = table_.unmatched_fragments();
  back.overflows = table_.overflows();
  CopyEdges(&back.edges);
  back.ended_rows.clear();
  for (const RecentlyEnded::Entry& entry : table_.recently_ended().entries()) {
    back.ended_rows.emplace_back();
    back.ended_rows.back().summary = entry.summary;
    back.ended_rows.back().window_payload_bytes = entry.window_payload_bytes;
  }
  buffer_.Publish();
}

}  // namespace tcpgauge
