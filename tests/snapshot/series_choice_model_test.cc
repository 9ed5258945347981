// SPDX-License-Identifier: Apache-2.0
// Two hours of random connections that try to break the contract of SeriesChoice. After each snapshot, the test
// compares what has series with what had series before.
#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/snapshot/series_choice.h"
#include "tests/snapshot/simulated_host.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecondNs = SimulatedHost::kSecondNs;
constexpr int kSeconds = 2 * 3600;

// What the traffic of a run is like.
struct Traffic {
  std::string name;
  double opened_per_second;
  double mean_seconds;       // how long most connections live
  double share_of_long;      // live until the end of the run
  double share_of_attempts;  // are never answered
  double sends_per_second;   // of each connection
  uint64_t most_bytes;       // of one sending; sizes have a heavy tail
};

class TwoHours {
 public:
  TwoHours(const Traffic& traffic, const SeriesChoiceOptions& options, uint64_t seed)
      : traffic_(traffic),
        options_(options),
        random_(seed),
        host_(options.window_ns, options.max_connections),
        choice_(options) {}

  void Go() {
    // Readers come when they like.
    for (double second = 0; second < kSeconds && !testing::Test::HasFatalFailure();) {
      const double step = Share() < 0.5 ? 1 : 10 * Share();
      second += step;
      host_.AdvanceSeconds(step);
      Happen(step);
      Check();
    }
  }

  uint64_t admissions() const { return choice_.admissions(); }

 private:
  double Share() { return std::uniform_real_distribution<double>()(random_); }
  int Poisson(double mean) { return mean > 0 ? std::poisson_distribution<int>(mean)(random_) : 0; }

  void Happen(double seconds) {
    for (int i = Poisson(traffic_.opened_per_second * seconds); i > 0; --i) {
      const bool is_long = long_ < 150 && Share() < traffic_.share_of_long;
      long_ += is_long;
      const bool is_attempt = Share() < traffic_.share_of_attempts;
      const uint64_t name = host_.Open(is_attempt ? ConnectionState::kSynSent : ConnectionState::kEstablished);
      const double life = is_attempt ? 127 : std::exponential_distribution<double>(1 / traffic_.mean_seconds)(random_);
      ends_[name] = is_long ? INT64_MAX : host_.now_ns() + static_cast<int64_t>(life * kSecondNs);
      if (!is_attempt && Share() < 0.7) host_.Send(name, Size());
    }
    for (auto it = ends_.begin(); it != ends_.end();) {
      const bool is_attempt = host_.connections().at(it->first).state == ConnectionState::kSynSent;
      if (it->second <= host_.now_ns()) {
        host_.End(it->first, Share() < 0.2 ? ConnectionState::kReset : ConnectionState::kClosed);
        it = ends_.erase(it);
        continue;
      }
      if (!is_attempt && Share() < traffic_.sends_per_second * seconds) host_.Send(it->first, Size());
      ++it;
    }
  }
  uint64_t Size() { return 1 + static_cast<uint64_t>(static_cast<double>(traffic_.most_bytes) * std::pow(Share(), 6)); }

  bool IsOld(const SimulatedHost::Connection& c) const {
    return c.is_open() && host_.now_ns() - c.start_ns >= options_.window_ns;
  }

  void Check() {
    std::vector<uint32_t> by_rank;
    const Snapshot snapshot = host_.Take(&by_rank);
    std::set<uint64_t> chosen;
    for (const uint32_t index : choice_.Choose(snapshot, by_rank)) {
      ASSERT_TRUE(chosen.insert(snapshot.connection(index).id).second) << "twice";
    }
    ASSERT_LE(chosen.size(), options_.max_connections);

    std::set<uint64_t> listed, heaviest;
    for (const uint32_t index : by_rank) {
      const ConnectionSummary& c = snapshot.connection(index);
      listed.insert(c.id);
      const SimulatedHost::Connection& model = host_.connections().at(c.id);
      const bool recent = model.is_open() || host_.now_ns() - model.last_packet_ns <= options_.window_ns;
      const bool answered =
          c.window_payload_bytes > 0 || (c.state != ConnectionState::kSynSent && c.state != ConnectionState::kReset);
      if (recent && answered && heaviest.size() < options_.max_connections) heaviest.insert(c.id);
    }

    // What the budget allowed before this snapshot.
    if (begin_ns_ == 0 && !by_rank.empty()) {
      begin_ns_ = INT64_MAX;
      for (const auto& [name, c] : host_.connections()) begin_ns_ = std::min(begin_ns_, c.start_ns);
    }
    const bool in_first_window = begin_ns_ == 0 || host_.now_ns() - begin_ns_ < options_.window_ns;
    while (!recent_.empty() && host_.now_ns() - recent_.front().first > 60 * kSecondNs) recent_.pop_front();

    std::vector<uint64_t> admitted;
    for (const uint64_t name : chosen) {
      if (before_.count(name) == 0) admitted.push_back(name);
    }
    size_t admitted_open = 0;
    for (const uint64_t name : admitted) {
      const SimulatedHost::Connection& c = host_.connections().at(name);
      ASSERT_TRUE(IsOld(c) || heaviest.count(name) > 0) << name << " does not qualify";
      admitted_open += c.is_open();
      if (!in_first_window) recent_.push_back({host_.now_ns(), IsOld(c)});
    }
    admissions_ += admitted.size();
    ASSERT_EQ(choice_.admissions(), admissions_);
    if (in_first_window) {
      ASSERT_LE(admissions_, options_.max_connections);
    }
    ASSERT_LE(recent_.size(), options_.new_per_minute);
    const size_t other_admissions = static_cast<size_t>(
        std::count_if(recent_.begin(), recent_.end(), [](const auto& admission) { return !admission.second; }));
    ASSERT_LE(other_admissions, options_.new_per_minute / 2);
    const bool has_budget =
        in_first_window ? admissions_ < options_.max_connections : recent_.size() < options_.new_per_minute;

    // What lost its series.
    size_t pushed_out_ended = 0;
    bool ended_remain = false;
    for (const uint64_t name : chosen) {
      const SimulatedHost::Connection& c = host_.connections().at(name);
      if (c.is_open()) continue;
      ended_remain = true;
      ASSERT_LE(host_.now_ns() - c.last_packet_ns, options_.window_ns) << name << " ended long ago";
    }
    for (const uint64_t name : before_) {
      if (chosen.count(name) > 0 || listed.count(name) == 0) continue;
      const SimulatedHost::Connection& c = host_.connections().at(name);
      if (!c.is_open()) {
        if (host_.now_ns() - c.last_packet_ns <= options_.window_ns) ++pushed_out_ended;
        continue;
      }
      ASSERT_EQ(chosen.size(), options_.max_connections) << name << " lost its series, and a place is free";
      const bool outweighed = std::any_of(admitted.begin(), admitted.end(), [&](uint64_t other) {
        const SimulatedHost::Connection& heavier = host_.connections().at(other);
        return heavier.is_open() &&
               static_cast<double>(heavier.window_payload_bytes) > 1.25 * static_cast<double>(c.window_payload_bytes);
      });
      ASSERT_TRUE(outweighed) << name << " lost its series to none that is heavier";
      for (const uint64_t other : before_) {
        ASSERT_FALSE(chosen.count(other) > 0 && !host_.connections().at(other).is_open())
            << other << " ended and kept its series, but the open " << name << " lost them";
      }
    }
    ASSERT_LE(pushed_out_ended, admitted_open) << "an ended one lost its series for no open one";

    // Who waits, and should not.
    uint64_t heaviest_waiting_old = 0;
    for (const uint64_t name : listed) {
      const SimulatedHost::Connection& c = host_.connections().at(name);
      if (chosen.count(name) > 0 || !IsOld(c)) continue;
      ASSERT_FALSE(has_budget && (ended_remain || chosen.size() < options_.max_connections))
          << name << " is due and waits, though there is a place and budget";
      // If it lost its series just now, it cannot get them back in the same snapshot.
      if (before_.count(name) == 0) heaviest_waiting_old = std::max(heaviest_waiting_old, c.window_payload_bytes);
    }
    for (const uint64_t name : admitted) {
      const SimulatedHost::Connection& c = host_.connections().at(name);
      if (!IsOld(c)) continue;
      ASSERT_GE(c.window_payload_bytes, heaviest_waiting_old) << "a heavier one that is due waits";
    }
    before_ = chosen;
  }

  const Traffic traffic_;
  const SeriesChoiceOptions options_;
  std::mt19937_64 random_;
  SimulatedHost host_;
  SeriesChoice choice_;
  int long_ = 0;
  std::map<uint64_t, int64_t> ends_;  // of open connections: when they end
  int64_t begin_ns_ = 0;
  uint64_t admissions_ = 0;
  std::deque<std::pair<int64_t, bool>> recent_;  // admissions of the last 60 s: when, and whether of an old one
  std::set<uint64_t> before_;
};

TEST(SeriesChoiceModel, KeepsItsContractForTwoHoursOfRandomConnections) {
  const Traffic kTraffics[] = {
      {"mostly short", 6, 2, 0.01, 0.05, 0.3, 100000}, {"all short", 10, 0.5, 0, 0, 0.1, 1000},
      {"all long", 0.05, 2000, 1, 0, 0.1, 100000},     {"idle beside heavy and short", 5, 1, 0.05, 0, 0.001, 1000000},
      {"attempts", 2, 10, 0.01, 0.8, 0.2, 1000},       {"equal weights", 3, 30, 0.05, 0, 1, 1},
  };
  const SeriesChoiceOptions kOptions[] = {
      {30, 20, 60 * kSecondNs}, {100, 20, 60 * kSecondNs}, {10, 3, kSecondNs},        {1, 1, 60 * kSecondNs},
      {0, 20, 60 * kSecondNs},  {20, 0, 10 * kSecondNs},   {5, 1000, 30 * kSecondNs},
  };
  uint64_t seed = 1;
  for (const Traffic& traffic : kTraffics) {
    for (size_t i = seed % 2; i < std::size(kOptions); i += 2) {
      const SeriesChoiceOptions& options = kOptions[i];
      SCOPED_TRACE(testing::Message() << traffic.name << ", " << options.max_connections << " connections, "
                                      << options.new_per_minute << " new, seed " << seed);
      TwoHours run(traffic, options, seed++);
      run.Go();
      if (HasFatalFailure()) return;
      EXPECT_LE(run.admissions(), options.max_connections + options.new_per_minute * (kSeconds / 60));
      if (options.max_connections > 0) {
        EXPECT_GT(run.admissions(), 0u);
      }
    }
  }
}

}  // namespace
}  // namespace tcpgauge
