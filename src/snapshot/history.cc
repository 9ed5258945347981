// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/history.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// What the weight of the past is multiplied with each second: it halves in 30 s.
const double kDecay = std::exp2(-1.0 / 30);

// What an attempt to connect weighs, in bytes of payload: as much as a small request.
constexpr double kAttemptWeight = 500;

double WeightOf(const HistoryCounts& counts) {
  return static_cast<double>(counts.payload_bytes()) +
         kAttemptWeight * static_cast<double>(counts.connections_opened + counts.syn_retransmissions);
}

}  // namespace

size_t History::Chunks(size_t seconds) {
  // The oldest chunk may be dropped when the newest one has no second yet.
  return (seconds + HistoryChunk::kSeconds - 1) / HistoryChunk::kSeconds + 1;
}

size_t History::MaxChunks(size_t seconds) { return Chunks(seconds) + 1; }

uint64_t History::MemoryBytes(size_t max_edges, size_t seconds) {
  // A flat_hash_map may be filled to 7/8, and has a power of two of places, each with a byte of its own.
  uint64_t places = 1;
  while (places * 7 / 8 < max_edges + HistoryChunk::kMaxEdges) places *= 2;
  return MaxChunks(seconds) * sizeof(HistoryChunk) + places * (sizeof(std::pair<EdgeKey, Edge>) + 1) +
         2 * HistoryChunk::kMaxEdges * sizeof(ResponseCounts);
}

History::History(size_t max_edges, size_t seconds) : seconds_(seconds) {
  edges_.reserve(max_edges + HistoryChunk::kMaxEdges);
}

void History::Record(const HistorySample& sample) {
  Count(sample);
  const bool begins_second = sample.time_ns > time_ns_ && PrepareChunk(sample);
  if (begins_second) ListNewcomers();
  KeepResponseTimes(sample);
  if (!begins_second) return;
  AppendEdges();
  chunk_->EndSecond(sample.time_ns, sample.totals);
  time_ns_ = sample.time_ns;
  totals_ = sample.totals;
  const MutexLock lock(&mutex_);
  clock_stepped_ns_ = sample.clock_stepped_ns;
  chunks_.back().count = chunk_->seconds();
}

void History::BeginAnew(int64_t time_ns) {
  absl::erase_if(edges_, [](const auto&) { return true; });  // clear() would give up the room that was reserved
  next_edge_ = 0;
  time_ns_ = time_ns;
  totals_ = HistoryCounts();
  chunk_ = nullptr;
  std::vector<HistoryView::CompleteSeconds> forgotten;  // outlives the lock, so the chunks are freed without it
  const MutexLock lock(&mutex_);
  forgotten.swap(chunks_);
}

void History::Count(const HistorySample& sample) {
  ++round_;
  for (const HistoryEdgeCounts& counted : sample.edges) {
    const auto known = edges_.find(counted.edge.key);
    if (known != edges_.end()) known->second.round = round_;
  }
  // Before others come, so that the map does not grow.
  absl::erase_if(edges_, [this](const auto& entry) { return entry.second.round != round_ && !entry.second.is_listed; });
  for (const HistoryEdgeCounts& counted : sample.edges) {
    Edge& edge = edges_[counted.edge.key];
    edge.edge = counted.edge;
    edge.counts.connections = 0;
    edge.counts.Add(counted.counts);
    edge.weight += WeightOf(counted.counts);
    edge.round = round_;
  }
  for (auto& [key, edge] : edges_) {
    if (edge.round != round_) edge.counts.connections = 0;  // it has no series any more
    edge.weight *= kDecay;
  }
}

void History::KeepResponseTimes(const HistorySample& sample) {
  for (const HistoryEdgeCounts& counted : sample.edges) {
    const Edge& edge = edges_.find(counted.edge.key)->second;
    if (edge.is_listed) response_times_[edge.number].Add(counted.response_times);
  }
}

bool History::PrepareChunk(const HistorySample& sample) {
  if (chunk_ != nullptr && chunk_->seconds() < HistoryChunk::kSeconds) return true;
  HistoryView::CompleteSeconds oldest;  // outlives the lock, so the chunk is freed without it
  {
    const MutexLock lock(&mutex_);
    if (chunks_.size() == Chunks(seconds_)) {
      oldest = std::move(chunks_.front());
      chunks_.erase(chunks_.begin());
    }
  }
  oldest.chunk.reset();
  if (chunk_count_->load(std::memory_order_acquire) >= MaxChunks(seconds_)) return false;
  chunk_count_->fetch_add(1, std::memory_order_relaxed);
  // The first second of all begins with a whole second of table time.
  const int64_t begin_ns =
      time_ns_ != INT64_MIN ? time_ns_ : (sample.time_ns - 1) / kNanosecondsPerSecond * kNanosecondsPerSecond;
  chunk_ = std::shared_ptr<HistoryChunk>(new HistoryChunk(begin_ns, totals_),
                                         [count = chunk_count_](const HistoryChunk* chunk) {
                                           delete chunk;
                                           count->fetch_sub(1, std::memory_order_release);
                                         });
  ListHeaviest();
  const MutexLock lock(&mutex_);
  chunks_.push_back({chunk_, 0});
  return true;
}

void History::ListHeaviest() {
  // Those without series are left out, once all that they counted is recorded.
  absl::erase_if(edges_, [this](const auto& entry) {
    return entry.second.round != round_ && entry.second.counts.CountsNothing();
  });
  const std::vector<ResponseCounts> waiting =
      std::exchange(response_times_, std::vector<ResponseCounts>(HistoryChunk::kMaxEdges));
  std::vector<std::pair<Edge*, uint8_t>> were_listed;  // with their numbers
  for (auto& [key, edge] : edges_) {
    if (edge.is_listed) were_listed.emplace_back(&edge, edge.number);
    edge.is_listed = false;
  }
  std::vector<Edge*> heaviest = Unlisted();
  heaviest.resize(std::min(heaviest.size(), kEdges));
  // AppendEdges() begins with those that have waited longest.
  std::stable_sort(heaviest.begin(), heaviest.end(),
                   [](const Edge* a, const Edge* b) { return a->seconds_waited > b->seconds_waited; });
  next_edge_ = 0;
  for (Edge* edge : heaviest) List(edge);
  for (const auto& [edge, number] : were_listed) {
    if (edge->is_listed) response_times_[edge->number] = waiting[number];
  }
}

void History::ListNewcomers() {
  double lightest = 0;
  if (chunk_->edges() >= kEdges) {
    lightest = HUGE_VAL;
    for (const auto& [key, edge] : edges_) {
      if (edge.is_listed) lightest = std::min(lightest, edge.weight);
    }
  }
  for (Edge* edge : Unlisted()) {
    if (chunk_->edges() == HistoryChunk::kMaxEdges || (chunk_->edges() >= kEdges && edge->weight <= lightest)) break;
    List(edge);
  }
}

void History::List(Edge* edge) {
  edge->number = static_cast<uint8_t>(chunk_->AddEdge(edge->edge));
  edge->is_listed = true;
}

void History::AppendEdges() {
  const size_t count = chunk_->edges();
  bool is_full = false;
  size_t first_waiting = next_edge_;
  for (size_t i = 0; i < count; ++i) {
    const size_t number = (next_edge_ + i) % count;
    Edge& edge = edges_.find(chunk_->edge(number).key)->second;
    if (is_full) {
      ++edge.seconds_waited;
      continue;
    }
    const bool is_its_turn = (chunk_->seconds() + number) % kResponseSeconds == 0;
    if (!chunk_->Append(number, edge.counts, is_its_turn ? response_times_[number] : ResponseCounts())) {
      is_full = true;
      first_waiting = number;
      ++edge.seconds_waited;
      continue;
    }
    edge.counts = {};
    edge.seconds_waited = 0;
    if (is_its_turn) response_times_[number] = {};
  }
  next_edge_ = first_waiting;
}

std::vector<History::Edge*> History::Unlisted() {
  std::vector<Edge*> unlisted;
  for (auto& [key, edge] : edges_) {
    if (!edge.is_listed) unlisted.push_back(&edge);
  }
  std::sort(unlisted.begin(), unlisted.end(), [](const Edge* a, const Edge* b) { return a->weight > b->weight; });
  return unlisted;
}

HistoryView History::Now() const {
  std::vector<HistoryView::CompleteSeconds> chunks;
  int64_t clock_stepped_ns = 0;
  {
    const MutexLock lock(&mutex_);
    chunks = chunks_;
    clock_stepped_ns = clock_stepped_ns_;
  }
  return HistoryView(chunks, clock_stepped_ns);
}

}  // namespace tcpgauge
