// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_chooser.h"

#include <algorithm>
#include <utility>

#include "src/base/check.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr size_t kWatchedPerExported = 4;
constexpr size_t kMinWatched = 1024;
constexpr size_t kMinWatchedFailing = 256;

// The shares of the places that are kept for failing edges, and from light edges.
constexpr size_t kPlacesPerReserved = 5;
constexpr size_t kPlacesPerKeptOfLight = 4;

// Weights lose a quarter of their value with each quarter of a window.
constexpr int kDecaysPerWindow = 4;
constexpr double kDecay = 0.75;

// An edge replaces an exported one only when it is heavier by this factor, so that equal edges do not take turns.
constexpr double kHysteresis = 2;

// Three failures within half a window weigh more: 1 + 0.75 + 0.75 * 0.75 = 2.3 at least.
constexpr double kMinFailures = 2.25;
// An edge fails no longer when its failures weigh less than one new one.
constexpr double kFailsNoLonger = 1;

// An edge is light if its payload weighs less than this many new bytes. An attempt weighs as much as a byte when its
// edge asks for a slot, and nothing after that.
constexpr double kLightBytes = 0.5;
constexpr double kAttemptBytes = 1;

// With this amount, an edge is certain to get the slot that EdgeSample finds.
constexpr double kCertain = 1e300;

size_t Watched(size_t max_exported) { return std::max(max_exported * kWatchedPerExported, kMinWatched); }

size_t WatchedFailing(size_t max_exported) {
  return std::max(max_exported / kPlacesPerReserved * kWatchedPerExported, kMinWatchedFailing);
}

}  // namespace

size_t EdgeChooser::SlotLimit(size_t max_exported) { return 1 + Watched(max_exported); }

size_t EdgeChooser::MaxBindings(size_t max_exported) { return Watched(max_exported) + WatchedFailing(max_exported); }

uint64_t EdgeChooser::MemoryBytes(size_t max_exported) {
  return EdgeFilter::kMemoryBytes + EdgeSample::MemoryBytes(Watched(max_exported)) +
         EdgeSample::MemoryBytes(WatchedFailing(max_exported)) +
         SlotLimit(max_exported) * (sizeof(State) + sizeof(Slot)) +
         (2 * max_exported + WatchedFailing(max_exported)) * sizeof(Slot);
}

EdgeChooser::EdgeChooser(size_t max_exported, std::optional<size_t> max_new_per_minute, const EdgeTimes& times,
                         std::shared_ptr<FirstWindow> first_window, uint64_t seed, Accounts* accounts)
    : max_exported_(max_exported),
      max_reserved_(max_exported / kPlacesPerReserved),
      kept_of_light_((max_exported + kPlacesPerKeptOfLight - 1) / kPlacesPerKeptOfLight),
      times_(times),
      first_window_(std::move(first_window)),
      accounts_(*accounts),
      watched_(Watched(max_exported), seed),
      failing_(WatchedFailing(max_exported), ~seed),
      states_(SlotLimit(max_exported)),
      budget_(max_new_per_minute),
      light_to_watch_(PlacesForLight()) {
  TCPGAUGE_CHECK(max_exported <= kMaxExported);
  admitted_.reserve(max_exported);
  admitted_reserved_.reserve(max_exported);
  failing_candidates_.reserve(WatchedFailing(max_exported));
  candidates_.reserve(states_.size());
}

double EdgeChooser::FailureWeight(const EdgeKey& key) const {
  const Slot slot = failing_.Find(key);
  return slot == kNone ? 0 : failing_.weight(slot);
}

size_t EdgeChooser::PlacesForLight() const {
  const size_t taken = exported_ + kept_of_light_;
  return max_exported_ > taken ? max_exported_ - taken : 0;
}

void EdgeChooser::Watch(Slot slot, const BoundEdge& edge) {
  accounts_.Acquire(edge.bound);
  if (watched_.InUse(slot)) {
    accounts_.OnForgotten(slot, watched_.bound(slot));
    accounts_.Release(watched_.bound(slot));
  }
  watched_.Replace(slot, edge);
  states_[slot] = State();
}

EdgeChooser::Slot EdgeChooser::NoteAttempt(const BoundEdge& edge, int64_t now_ns) {
  first_window_->Begin(now_ns);
  Slot slot = Find(edge.key);
  if (slot == kNone) {
    if (light_to_watch_ == 0 || PlacesForLight() == 0) return kNone;
    slot = watched_.Draw(kAttemptBytes);
    if (slot == kNone) return kNone;
    --light_to_watch_;
    Watch(slot, edge);
    if (InFirstWindow(now_ns)) SetPhase(slot, Phase::kAdmitted, now_ns);
  }
  states_[slot].last_active_ns = now_ns;
  return slot;
}

void EdgeChooser::NoteFailures(Slot slot, const BoundEdge& edge, uint64_t count, int64_t now_ns) {
  if (slot != kNone) states_[slot].last_active_ns = now_ns;
  double weight = static_cast<double>(count);
  Slot failing = failing_.Find(edge.key);
  if (failing == kNone) {
    const bool is_again = failed_before_.NoteAgain(edge.key);
    if (!is_again && count == 1) return;
    if (is_again) ++weight;  // the failure that the filter remembers
    failing = failing_.Draw(weight);
    if (failing == kNone) return;
    accounts_.Acquire(edge.bound);
    if (failing_.InUse(failing)) accounts_.Release(failing_.bound(failing));
    failing_.Replace(failing, edge);
  }
  failing_.AddWeight(failing, weight);
}

EdgeChooser::Slot EdgeChooser::TryWatch(const BoundEdge& edge, uint64_t bytes, int64_t now_ns) {
  const Slot slot = watched_.Draw(static_cast<double>(bytes));
  if (slot == kNone) return kNone;
  Watch(slot, edge);
  if (exported_ < max_exported_ && InFirstWindow(now_ns)) SetPhase(slot, Phase::kAdmitted, now_ns);
  return slot;
}

void EdgeChooser::SetPhase(Slot slot, Phase phase, int64_t now_ns) {
  State& state = states_[slot];
  if (state.phase == Phase::kWatched) {
    ++exported_;
    ++new_edges_;
    state.series_since_ns = now_ns;
  }
  if (phase == Phase::kWatched) --exported_;
  state.phase = phase;
  state.phase_since_ns = now_ns;
  watched_.SetPinned(slot, true);
}

void EdgeChooser::SetReserved(Slot slot, bool is_reserved) {
  State& state = states_[slot];
  if (state.is_reserved == is_reserved) return;
  state.is_reserved = is_reserved;
  reserved_ = is_reserved ? reserved_ + 1 : reserved_ - 1;
}

void EdgeChooser::EndSeries(Slot slot, int64_t now_ns) {
  accounts_.OnSeriesEnded(slot, watched_.bound(slot));
  SetReserved(slot, false);
  SetPhase(slot, Phase::kWatched, now_ns);
}

bool EdgeChooser::Announce(Slot slot, EdgeMerit merit, bool is_reserved, int64_t now_ns) {
  const bool in_first_window = InFirstWindow(now_ns);
  if (!in_first_window && !budget_.TryTake(merit, now_ns)) return false;
  SetPhase(slot, in_first_window ? Phase::kAdmitted : Phase::kAnnounced, now_ns);
  SetReserved(slot, is_reserved);
  return true;
}

void EdgeChooser::FinishPhases(int64_t now_ns) {
  const bool in_first_window = InFirstWindow(now_ns);
  for (size_t i = 1; i < watched_.limit(); ++i) {
    const Slot slot = static_cast<Slot>(i);
    State& state = states_[slot];
    const bool over = now_ns - state.phase_since_ns >= times_.window_ns;
    switch (state.phase) {
      case Phase::kWatched:
        if (over) {
          state.phase_since_ns = 0;
          watched_.SetPinned(slot, state.is_successor);
        }
        break;
      case Phase::kAnnounced:
        if (over || in_first_window) SetPhase(slot, Phase::kAdmitted, now_ns);
        break;
      case Phase::kAdmitted:
        if (now_ns - state.last_active_ns >= times_.idle_timeout_ns) SetPhase(slot, Phase::kRetiring, now_ns);
        break;
      case Phase::kRetiring:
        if (over || in_first_window) EndSeries(slot, now_ns);
        break;
    }
  }
}

void EdgeChooser::ListAdmitted() {
  admitted_.clear();
  admitted_reserved_.clear();
  next_admitted_ = next_admitted_reserved_ = retiring_ = 0;
  for (size_t i = 1; i < watched_.limit(); ++i) {
    const Slot slot = static_cast<Slot>(i);
    const State& state = states_[slot];
    if (state.is_reserved && FailureWeight(watched_.key(slot)) < kFailsNoLonger) SetReserved(slot, false);
    if (state.phase == Phase::kRetiring) ++retiring_;
    if (state.phase == Phase::kAdmitted) (state.is_reserved ? admitted_reserved_ : admitted_).push_back(slot);
  }
  coming_places_ = retiring_;
  std::sort(admitted_.begin(), admitted_.end(),
            [this](Slot a, Slot b) { return watched_.weight(a) < watched_.weight(b); });
  std::sort(admitted_reserved_.begin(), admitted_reserved_.end(),
            [this](Slot a, Slot b) { return FailureWeight(watched_.key(a)) < FailureWeight(watched_.key(b)); });
}

void EdgeChooser::ReserveForFailingAdmitted() {
  for (; next_admitted_ < admitted_.size() && reserved_ < max_reserved_; ++next_admitted_) {
    const Slot slot = admitted_[next_admitted_];
    if (FailureWeight(watched_.key(slot)) < kMinFailures) return;
    SetReserved(slot, true);
  }
}

bool EdgeChooser::TakeComingPlace() {
  if (coming_places_ == 0) return false;
  --coming_places_;
  return true;
}

bool EdgeChooser::GiveUp(Slot victim, EdgeMerit merit, int64_t now_ns) {
  if (InFirstWindow(now_ns)) {
    if (watched_.weight(victim) >= kLightBytes && !budget_.TryTake(merit, now_ns)) return false;
    EndSeries(victim, now_ns);
    return true;
  }
  // The edge keeps its series for a window. Then there is room for the candidate.
  if (retiring_ < budget_.per_minute()) {
    ++retiring_;
    SetPhase(victim, Phase::kRetiring, now_ns);
  }
  return false;
}

bool EdgeChooser::Supersede(Slot slot, const BoundEdge& successor, int64_t now_ns) {
  if (states_[slot].phase == Phase::kRetiring) return false;
  const double weight = watched_.weight(slot);
  const int64_t last_active_ns = states_[slot].last_active_ns;
  if (InFirstWindow(now_ns)) {
    EndSeries(slot, now_ns);
  } else {
    SetPhase(slot, Phase::kRetiring, now_ns);
  }
  watched_.AddWeight(slot, -weight);
  Slot next = Find(successor.key);
  if (next == kNone) {
    next = watched_.Draw(kCertain);
    if (next == kNone) return true;  // all slots that were drawn are pinned; its payload may give it a place later
    Watch(next, successor);
  }
  watched_.AddWeight(next, weight);
  State& state = states_[next];
  state.last_active_ns = std::max(state.last_active_ns, last_active_ns);
  if (state.phase != Phase::kWatched || state.is_successor) return true;
  if (InFirstWindow(now_ns)) {
    SetPhase(next, Phase::kAdmitted, now_ns);
    return true;
  }
  state.is_successor = true;
  ++successors_;
  watched_.SetPinned(next, true);
  return true;
}

void EdgeChooser::AnnounceSuccessors(int64_t now_ns) {
  for (size_t i = 1; successors_ > 0 && i < watched_.limit(); ++i) {
    const Slot slot = static_cast<Slot>(i);
    State& state = states_[slot];
    if (!state.is_successor) continue;
    // An edge whose own series ended lately gets none before its readers have seen that.
    if (state.phase_since_ns != 0) continue;
    if (exported_ == max_exported_) {
      if (!TakeComingPlace()) return;
      continue;
    }
    state.is_successor = false;
    --successors_;
    SetPhase(slot, Phase::kAnnounced, now_ns);
  }
}

void EdgeChooser::ListFailing() {
  failing_candidates_.clear();
  next_failing_ = 0;
  for (size_t i = 1; i < failing_.limit(); ++i) {
    const Slot slot = static_cast<Slot>(i);
    if (failing_.weight(slot) < kMinFailures) continue;
    const Slot watched = Find(failing_.key(slot));
    if (watched == kNone || !watched_.is_pinned(watched)) failing_candidates_.push_back(slot);
  }
  std::sort(failing_candidates_.begin(), failing_candidates_.end(),
            [this](Slot a, Slot b) { return failing_.weight(a) > failing_.weight(b); });
}

bool EdgeChooser::AnnounceFailing(Slot failing, bool is_reserved, int64_t now_ns) {
  if (!InFirstWindow(now_ns) && budget_.Left(EdgeMerit::kFailing, now_ns) == 0) return false;
  const BoundEdge edge = {failing_.key(failing), failing_.bound(failing)};
  Slot slot = Find(edge.key);
  if (slot == kNone) {
    slot = watched_.Draw(kCertain);
    if (slot == kNone) return false;  // all slots that were drawn are pinned; there is another chance in a second
    Watch(slot, edge);
    states_[slot].last_active_ns = now_ns;
  }
  return Announce(slot, EdgeMerit::kFailing, is_reserved, now_ns);
}

void EdgeChooser::FillReservedPlaces(int64_t now_ns) {
  for (; next_failing_ < failing_candidates_.size(); ++next_failing_) {
    const Slot candidate = failing_candidates_[next_failing_];
    bool has_place = reserved_ < max_reserved_ && exported_ < max_exported_;
    if (!has_place) {
      if (TakeComingPlace()) continue;
      ReserveForFailingAdmitted();
      if (reserved_ < max_reserved_ && next_admitted_ < admitted_.size()) {
        has_place = GiveUp(admitted_[next_admitted_++], EdgeMerit::kFailing, now_ns);
      } else if (next_admitted_reserved_ < admitted_reserved_.size() &&
                 failing_.weight(candidate) >
                     kHysteresis * FailureWeight(watched_.key(admitted_reserved_[next_admitted_reserved_]))) {
        has_place = GiveUp(admitted_reserved_[next_admitted_reserved_++], EdgeMerit::kFailing, now_ns);
      } else {
        return;
      }
      if (!has_place) continue;
    }
    if (!AnnounceFailing(candidate, /*is_reserved=*/true, now_ns)) return;
  }
}

void EdgeChooser::ListOthers(int64_t now_ns) {
  candidates_.clear();
  next_candidate_ = 0;
  for (size_t i = 1; i < watched_.limit(); ++i) {
    const Slot slot = static_cast<Slot>(i);
    if (!watched_.is_pinned(slot) && now_ns - states_[slot].last_active_ns <= times_.window_ns) {
      candidates_.push_back(slot);
    }
  }
  const auto heavier = [this](Slot a, Slot b) { return watched_.weight(a) > watched_.weight(b); };
  if (candidates_.size() > max_exported_) {
    const auto end = candidates_.begin() + static_cast<ptrdiff_t>(max_exported_);
    std::nth_element(candidates_.begin(), end, candidates_.end(), heavier);
    candidates_.erase(end, candidates_.end());
  }
  std::sort(candidates_.begin(), candidates_.end(), heavier);
}

void EdgeChooser::AnnounceHeavy(int64_t now_ns) {
  const size_t max_of_others =
      InFirstWindow(now_ns) ? max_exported_ : std::max(max_exported_ - max_reserved_, others_before_);
  const auto has_place = [&] { return exported_ < max_exported_ && exported_ - reserved_ < max_of_others; };
  for (; next_candidate_ < candidates_.size(); ++next_candidate_) {
    const Slot candidate = candidates_[next_candidate_];
    const double weight = watched_.weight(candidate);
    if (weight < kLightBytes) return;
    if (!has_place() && next_admitted_ < admitted_.size()) {
      if (weight <= kHysteresis * watched_.weight(admitted_[next_admitted_])) return;
      ReserveForFailingAdmitted();
    }
    if (!has_place()) {
      if (next_admitted_ == admitted_.size() || TakeComingPlace()) continue;
      if (weight <= kHysteresis * watched_.weight(admitted_[next_admitted_])) return;
      if (!GiveUp(admitted_[next_admitted_++], EdgeMerit::kHeavy, now_ns)) continue;
    }
    if (!Announce(candidate, EdgeMerit::kHeavy, /*is_reserved=*/false, now_ns)) return;
  }
}

void EdgeChooser::AnnounceFurtherFailing(int64_t now_ns) {
  for (; next_failing_ < failing_candidates_.size(); ++next_failing_) {
    const Slot candidate = failing_candidates_[next_failing_];
    if (PlacesForLight() == 0) {
      if (TakeComingPlace()) continue;
      if (next_admitted_ == admitted_.size()) return;
      const Slot victim = admitted_[next_admitted_];
      if (watched_.weight(victim) >= kLightBytes ||
          failing_.weight(candidate) <= kHysteresis * FailureWeight(watched_.key(victim))) {
        return;
      }
      ++next_admitted_;
      if (!GiveUp(victim, EdgeMerit::kFailing, now_ns)) continue;
    }
    if (!AnnounceFailing(candidate, /*is_reserved=*/false, now_ns)) return;
  }
}

void EdgeChooser::AnnounceLight(int64_t now_ns) {
  for (; next_candidate_ < candidates_.size() && PlacesForLight() > 0; ++next_candidate_) {
    const Slot candidate = candidates_[next_candidate_];
    // AnnounceFurtherFailing() may have given the slot to another edge, or the edge series.
    if (watched_.weight(candidate) >= kLightBytes || watched_.is_pinned(candidate)) continue;
    if (!Announce(candidate, EdgeMerit::kLight, /*is_reserved=*/false, now_ns)) return;
  }
}

void EdgeChooser::Rebalance(int64_t now_ns) {
  if (now_ns < next_rebalance_ns_) return;
  next_rebalance_ns_ = now_ns + kNanosecondsPerSecond;
  FinishPhases(now_ns);
  ListAdmitted();
  AnnounceSuccessors(now_ns);
  ListFailing();
  FillReservedPlaces(now_ns);
  ListOthers(now_ns);
  AnnounceHeavy(now_ns);
  AnnounceFurtherFailing(now_ns);
  AnnounceLight(now_ns);
  others_before_ = exported_ - reserved_;
  light_to_watch_ = PlacesForLight();
  if (!InFirstWindow(now_ns)) light_to_watch_ = std::min(light_to_watch_, budget_.Left(EdgeMerit::kLight, now_ns));
  if (now_ns >= next_decay_ns_) {
    next_decay_ns_ = now_ns + times_.window_ns / kDecaysPerWindow;
    watched_.Decay(kDecay);
    failing_.Decay(kDecay);
  }
  if (now_ns >= next_forget_ns_) {
    next_forget_ns_ = now_ns + times_.window_ns;
    failed_before_.Forget();
  }
}

}  // namespace tcpgauge
