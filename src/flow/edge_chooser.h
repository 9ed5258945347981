// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_CHOOSER_H_
#define TCPGAUGE_SRC_FLOW_EDGE_CHOOSER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "src/flow/edge.h"
#include "src/flow/edge_binding.h"
#include "src/flow/edge_budget.h"
#include "src/flow/edge_filter.h"
#include "src/flow/edge_sample.h"
#include "src/flow/first_window.h"

namespace tcpgauge {

// The durations that the connection table gives to its edge table.
struct EdgeTimes {
  int64_t window_ns = 0;        // edges are ranked over this window; every reader reads at least once in a window
  int64_t idle_timeout_ns = 0;  // an edge that is silent for this long loses its series
};

// Chooses the edges that have series of their own, by what happens on them: payload, attempts to connect, and attempts
// that fail.
//
// Design. There may be millions of edges, and only some of them can have series.
//
// 1. Watching. The chooser watches a bounded number of edges, several times as many as it can export, in an EdgeSample.
// The weight of an edge is its payload so far. Older bytes weigh less and less. A second EdgeSample watches the edges
// on which attempts failed twice (see EdgeFilter). There, each failed attempt and each repeated SYN weighs 1, and older
// ones weigh less. An edge can be in both samples. Because the two samples share no slots, a flood of failures drives
// no heavy edge out, and heavy traffic drives no failing edge out. Without the filter, 50,000 single failures a second
// hid edges that failed once a second.
//
// 2. Merit. These edges are candidates for series:
// - failing edges, on which three attempts or more failed lately (see kMinFailures);
// - heavy edges: all others that carry payload;
// - light edges, on which there were only a few attempts.
// There are max_exported places. A fifth of them is kept for failing edges, and heavy edges have the rest. Further
// failing edges, and light edges after them, get a place while more than a quarter of all places is free. When no place
// is free, a failing or heavy candidate takes the place of the exported edge with the least merit. The candidate must
// weigh more than twice as much as that edge, so that equal edges do not take turns. Exception: a failing candidate
// needs no such weight while a kept place is left for it. A light edge weighs nothing. Before an exported edge that is
// failing has to make room, it gets a kept place if one is left. So an edge that is both heavy and failing takes only
// one place.
//
// 3. Phases. An exported edge passes through three phases. Because of them, a reader that reads at least once in a
// window sees every increase.
// - announced: for a window, the edge's series exist and are zero.
// - admitted: credits go to the edge's own account.
// - retiring: for a window, the edge's counters keep their values, and its gauges are zero.
// An edge begins to retire when it was silent for the idle time-out (no payload, no attempts, no failures), or when
// another edge is to take its place. At the end of the phase retiring, the edge's series end. The edge gets no new
// series for another window, so that every reader sees the series end before the counters start at zero again.
//
// 4. Churn. At most `max_new_per_minute` edges are announced within any minute (see EdgeBudget). While
// `max_new_per_minute` edges are retiring, no further edge begins to retire to make room for another.
//
// 5. Exception: the first window, which begins with the first connection that any worker counts (see FirstWindow). The
// chooser assumes that no reader has read anything in this window, and skips the phases announced and retiring. While
// there is a place, an edge is admitted as soon as it is watched. In this window, the budget counts only edges that
// take the place of a heavy edge. As a result, the edges of a short file are credited with everything that they
// carried.
//
// 6. Names. When an end of an exported edge gets another name, a successor takes the place of the edge (see
// Supersede()). The budget does not count the successor. The series of the successor begin when there is a place,
// usually at the latest when the series of the old edge have ended.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds. It must not step back.
// Bounds: at most max_exported edges have series. The chooser watches at most max(4 * max_exported, 1,024) edges,
// including those with series. The sample of failing edges holds at most max(4 * kept places, 256) edges.
class EdgeChooser {
 public:
  using Slot = EdgeSample::Slot;
  static constexpr Slot kNone = EdgeSample::kNone;  // the edge is not watched
  static constexpr size_t kMaxExported = 15000;     // four times as many edges are watched, and Slot has 16 bits

  // Keeps what belongs to the slots. The chooser calls these functions in the middle of a change, so they must not call
  // the chooser.
  class Accounts {
   public:
    virtual ~Accounts() = default;
    // The series of the edge in `slot` ended. The edge is still watched. `bound` is the edge's EdgeBinding.
    virtual void OnSeriesEnded(Slot slot, EdgeBinding bound) = 0;
    // The edge in `slot` is about to lose the slot, and is then not watched any more. It has no series.
    virtual void OnForgotten(Slot slot, EdgeBinding bound) = 0;
    // The chooser begins to use the binding and the cell of `bound`, or stops using them.
    virtual void Acquire(EdgeBinding bound) = 0;
    virtual void Release(EdgeBinding bound) = 0;
  };

  // Returns the memory that a chooser takes.
  static uint64_t MemoryBytes(size_t max_exported);
  // Returns the most bindings that a chooser uses.
  static size_t MaxBindings(size_t max_exported);
  // Returns a number above every slot.
  static size_t SlotLimit(size_t max_exported);

  // `max_new_per_minute`: nullopt is no limit. `first_window` may be shared with the choosers of other workers. `seed`
  // makes random admission unpredictable. `accounts` must outlive the chooser. REQUIRES: max_exported <= kMaxExported.
  EdgeChooser(size_t max_exported, std::optional<size_t> max_new_per_minute, const EdgeTimes& times,
              std::shared_ptr<FirstWindow> first_window, uint64_t seed, Accounts* accounts);

  // Returns the slot of the edge, or kNone.
  Slot Find(const EdgeKey& key) const { return watched_.Find(key); }
  // Whether `slot` still contains the edge.
  bool Holds(Slot slot, const EdgeKey& key) const { return watched_.Holds(slot, key); }
  // As above, for an edge that groups neither clients nor servers by prefix (see EdgeSample::Holds).
  bool Holds(Slot slot, const IpAddress& client, const Endpoint& server, uint16_t binding) const {
    return watched_.Holds(slot, client, server, binding);
  }
  // REQUIRES: `slot` contains an edge.
  EdgeBinding bound(Slot slot) const { return watched_.bound(slot); }
  // Whether credits go to the account of the edge in `slot`. False for kNone.
  bool IsAdmitted(Slot slot) const { return states_[slot].phase == Phase::kAdmitted; }

  // Notes an attempt to connect, or a connection that began midstream. Returns the slot of the edge, or kNone. An
  // unwatched edge may become watched, but only while a light edge could be announced at once.
  Slot NoteAttempt(const BoundEdge& edge, int64_t now_ns);
  // Notes `count` failures: attempts that failed, or SYNs that came again without an answer. `slot` is the slot of the
  // edge, or kNone. REQUIRES: count > 0.
  void NoteFailures(Slot slot, const BoundEdge& edge, uint64_t count, int64_t now_ns);
  // Gives an unwatched edge the chance to become watched. `bytes` is payload that the edge carried. Returns the slot,
  // or kNone. REQUIRES: bytes > 0, and the edge is not watched.
  Slot TryWatch(const BoundEdge& edge, uint64_t bytes, int64_t now_ns);
  // Notes payload of the edge in `slot`. REQUIRES: slot != kNone.
  void NotePayload(Slot slot, uint64_t bytes, int64_t now_ns) {
    watched_.AddWeight(slot, static_cast<double>(bytes));
    states_[slot].last_active_ns = now_ns;
  }

  // Lets `successor` take the place of the exported edge in `slot`. This edge begins to retire, or loses its series at
  // once in the first window. Returns false, and does nothing, if the edge in `slot` is retiring already. REQUIRES: the
  // edge in `slot` has series.
  bool Supersede(Slot slot, const BoundEdge& successor, int64_t now_ns);

  // Chooses anew, and ends phases that are over. Does nothing if the last choice was less than a second of table time
  // ago.
  void Rebalance(int64_t now_ns);

  // How often an edge got series.
  uint64_t new_edges() const { return new_edges_; }

  // Calls `visit(Slot, const EdgeKey&, int64_t series_since_ns)` for each edge that has series, in no order.
  template <typename Visitor>
  void VisitExported(Visitor visit) const {
    for (size_t slot = 1; slot < watched_.limit(); ++slot) {
      if (states_[slot].phase == Phase::kWatched) continue;
      visit(static_cast<Slot>(slot), watched_.key(static_cast<Slot>(slot)), states_[slot].series_since_ns);
    }
  }

 private:
  enum class Phase : uint8_t { kWatched, kAnnounced, kAdmitted, kRetiring };
  struct State {
    // In kWatched: when the edge's series ended, or 0 if the edge may be exported (again). In other phases: when the
    // phase began.
    int64_t phase_since_ns = 0;
    int64_t last_active_ns = 0;   // when there was payload, an attempt or a failure
    int64_t series_since_ns = 0;  // when the edge's series began; valid in all phases but kWatched
    Phase phase = Phase::kWatched;
    bool is_reserved = false;   // the edge has one of the places that are kept for failing edges
    bool is_successor = false;  // in kWatched: the edge waits for the place of the edge that it supersedes
  };

  // Whether the first window is still under way, or has not begun.
  bool InFirstWindow(int64_t now_ns) const { return !first_window_->IsOver(now_ns, times_.window_ns); }
  // How often the edge failed lately; older failures weigh less.
  double FailureWeight(const EdgeKey& key) const;
  // The number of free places that light edges may take.
  size_t PlacesForLight() const;
  // Puts an edge into the slot that watched_.Draw() returned.
  void Watch(Slot slot, const BoundEdge& edge);
  void SetPhase(Slot slot, Phase phase, int64_t now_ns);
  void SetReserved(Slot slot, bool is_reserved);
  void EndSeries(Slot slot, int64_t now_ns);
  // Begins the series of a watched edge. Returns false if the budget is spent.
  bool Announce(Slot slot, EdgeMerit merit, bool is_reserved, int64_t now_ns);
  // Moves every edge whose phase is over to its next phase.
  void FinishPhases(int64_t now_ns);
  // Lists the admitted edges, those with the least merit first, and counts the places that are about to become free.
  void ListAdmitted();
  // Looks at the admitted edge that would have to make room next. If this edge is failing and a reserved place is left,
  // gives the edge that place, and looks at the edge after it.
  void ReserveForFailingAdmitted();
  // Begins the series of the edges that supersede others.
  void AnnounceSuccessors(int64_t now_ns);
  // Lists the failing edges without series, those with the most failures first.
  void ListFailing();
  // Gives the places that are kept for failing edges to the first edges of that list.
  void FillReservedPlaces(int64_t now_ns);
  // Begins the series of an edge. `failing` is its slot in failing_. Returns false if that is not possible now.
  bool AnnounceFailing(Slot failing, bool is_reserved, int64_t now_ns);
  // Lists all other edges without series, the heaviest first.
  void ListOthers(int64_t now_ns);
  // Announces the heavy edges of that list.
  void AnnounceHeavy(int64_t now_ns);
  // Announces the failing edges that got no reserved place.
  void AnnounceFurtherFailing(int64_t now_ns);
  void AnnounceLight(int64_t now_ns);
  // Begins to make room for a candidate: `victim` begins to retire, or loses its series at once in the first window.
  // Returns whether a place is free now, which is possible only in the first window.
  bool GiveUp(Slot victim, EdgeMerit merit, int64_t now_ns);
  // Whether a place is about to become free that no other candidate waits for. If so, counts the place as taken.
  bool TakeComingPlace();

  const size_t max_exported_;
  const size_t max_reserved_;   // places that are kept for failing edges
  const size_t kept_of_light_;  // places that light edges leave free
  const EdgeTimes times_;
  const std::shared_ptr<FirstWindow> first_window_;
  Accounts& accounts_;
  EdgeSample watched_;         // by payload
  EdgeSample failing_;         // by failed attempts; has slots of its own
  EdgeFilter failed_before_;   // the edges that failed in the last window, or so
  std::vector<State> states_;  // by slot of watched_
  EdgeBudget budget_;
  uint64_t new_edges_ = 0;
  size_t exported_ = 0;  // edges that have series
  size_t reserved_ = 0;  // exported edges in places that are kept for failing edges
  // exported_ - reserved_ after the last Rebalance(). Heavy and light edges may take more than their share of the
  // places in the first window. While they have more than their share, a heavy edge may still take the place of another
  // of these edges.
  size_t others_before_ = 0;
  size_t successors_ = 0;  // edges whose State::is_successor is set
  size_t light_to_watch_;  // how many light edges may become watched until the next Rebalance()
  int64_t next_rebalance_ns_ = 0;
  int64_t next_decay_ns_ = 0;
  int64_t next_forget_ns_ = 0;  // when failed_before_ forgets

  // Scratch space of Rebalance().
  std::vector<Slot> admitted_;           // admitted edges not in a reserved place; the lightest first
  std::vector<Slot> admitted_reserved_;  // admitted edges in a reserved place; the least failing first
  size_t next_admitted_ = 0;             // index of the first edge that was not given up
  size_t next_admitted_reserved_ = 0;
  size_t retiring_ = 0;
  size_t coming_places_ = 0;              // places of retiring edges that no candidate waits for yet
  std::vector<Slot> failing_candidates_;  // slots of failing_
  std::vector<Slot> candidates_;
  size_t next_failing_ = 0;  // index of the first edge that is still to be announced
  size_t next_candidate_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_CHOOSER_H_
