#include "src/snapshot/shard_publisher.h"

#include <algorithm>

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

ShardPublisher::Progress ShardPublisher::Step(int64_t steady_ns) {
  if (!in_pass_) {
    if (steady_ns < next_pass_ns_) return Progress::kIdle;
    next_pass_ns_ = steady_ns - steady_ns % interval_ns_ + interval_ns_;
    Begin();
  }
  if (!CopySlice() || !CopyEncapsulationsSlice()) return Progress::kInPass;
  Publish();
  return Progress::kPublished;
}

void ShardPublisher::PublishNow() {
  Begin();
  while (!CopySlice() || !CopyEncapsulationsSlice()) {
  }
  Publish();
}

void ShardPublisher::Begin() {
  in_pass_ = true;
  next_slot_ = 0;
  rates_time_ns_ = table_.now_ns() - lateness_ns_;
  threshold_left_ = threshold_quota_;
  score_counts_.fill(0);
  ShardSnapshot& back = buffer_.back();
  back.rows.clear();
  // Room for all, since growing would copy all: address space alone, until rows are written.
  back.rows.reserve(max_rows_);
  back.encapsulations.clear();
  back.encapsulations.reserve(EncapsulationTable::kCapacity);
  back.connections_not_listed = 0;
}

bool ShardPublisher::CopySlice() {
  ShardSnapshot& back = buffer_.back();
  if (next_slot_ < ConnectionTable::kEmbryoSlots && next_slot_ >= table_.record_limit()) {
    next_slot_ = ConnectionTable::kEmbryoSlots;
  }
  const uint32_t limit = next_slot_ < ConnectionTable::kEmbryoSlots ? table_.record_limit() : table_.embryo_limit();
  const uint32_t end = std::min(limit, next_slot_ + kSliceSlots);
  for (; next_slot_ < end; ++next_slot_) {
    if (!table_.IsConfirmed(next_slot_)) continue;
    const uint64_t score = table_.WindowPayloadBytes(next_slot_, rates_time_ns_);
    const size_t bucket = ScoreBucket(score);
    ++score_counts_[bucket];
    if (back.rows.size() >= max_rows_ || bucket < threshold_bucket_ ||
        (bucket == threshold_bucket_ && threshold_left_ == 0)) {
      ++back.connections_not_listed;
      continue;
    }
    if (bucket == threshold_bucket_) --threshold_left_;
    ShardRow row;
    row.summary = table_.Summarize(next_slot_);
    row.client_payload_rate = table_.PayloadRate(next_slot_, true, rates_time_ns_);
    row.server_payload_rate = table_.PayloadRate(next_slot_, false, rates_time_ns_);
    row.window_payload_bytes = score;
    back.rows.push_back(row);
  }
  return next_slot_ >= ConnectionTable::kEmbryoSlots && next_slot_ >= table_.embryo_limit();
}

bool ShardPublisher::CopyEncapsulationsSlice() {
  std::vector<Encapsulation>& copies = buffer_.back().encapsulations;
  const EncapsulationTable& table = table_.encapsulations();
  const size_t end = std::min<size_t>(table.size(), copies.size() + kSliceEncapsulations);
  for (size_t id = copies.size(); id < end; ++id) copies.push_back(table.Get(static_cast<uint32_t>(id)));
  return copies.size() == table.size();
}

void ShardPublisher::ChooseThreshold() {
  size_t room = max_rows_;
  threshold_bucket_ = kScoreBuckets - 1;
  while (threshold_bucket_ > 0 && score_counts_[threshold_bucket_] <= room) {
    room -= score_counts_[threshold_bucket_];
    --threshold_bucket_;
  }
  threshold_quota_ = room;
}

void ShardPublisher::Publish() {
  in_pass_ = false;
  ChooseThreshold();
  ShardSnapshot& back = buffer_.back();
  back.time_ns = table_.now_ns();
  back.totals = table_.totals();
  back.counters = counters_;
  for (size_t i = 0; i < back.counters.interfaces.size(); ++i) {
    back.counters.interfaces[i].duplicate_packets = table_.duplicate_packets(i);
  }
  back.unmatched_fragments = table_.unmatched_fragments();
  buffer_.Publish();
}

}  // namespace tcpgauge
