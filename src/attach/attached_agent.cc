// SPDX-License-Identifier: Apache-2.0
#include "src/attach/attached_agent.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "src/attach/edges_from_json.h"
#include "src/attach/snapshot_from_json.h"
#include "src/base/named_thread.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr int64_t kPeriodNs = kNanosecondsPerSecond;

// How long an agent without a usable past is not asked again. Each time it may keep the view waiting.
constexpr int64_t kPastPauseNs = 60 * kNanosecondsPerSecond;

std::string PathOf(const ConnectionQuery& query) {
  return absl::StrCat("/api/v1/connections?sort=", query.reverse ? "-" : "",
                      std::string(ConnectionSortName(query.sort)), "&limit=", query.limit,
                      "&filter=", HttpClient::Escape(query.filter));
}

std::string PathOfPast(size_t limit, int64_t since_ns) {
  const int64_t since_ms = std::max<int64_t>(since_ns, 0) / kNanosecondsPerMillisecond;
  return absl::StrFormat("/api/v1/history?limit=%d&since=%d.%03d", limit, since_ms / 1000, since_ms % 1000);
}

}  // namespace

AttachedAgent::AttachedAgent(const AgentAddress& address, const ClientTlsFiles& tls, const Clock* clock)
    : fetch_(address, tls), clock_(*clock), wanted_(ConnectionQuery()) {}

AttachedAgent::~AttachedAgent() {
  stop_.Stop();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::unique_ptr<AttachedAgent>> AttachedAgent::Attach(const AgentAddress& address,
                                                                     const ClientTlsFiles& tls, const Clock* clock,
                                                                     int stop_fd) {
  std::unique_ptr<AttachedAgent> agent(new AttachedAgent(address, tls, clock));
  const absl::Status status = agent->Poll(stop_fd);
  if (!status.ok()) {
    // The argument is right; the agent does not answer as expected.
    const auto code = absl::IsCancelled(status) ? status.code() : absl::StatusCode::kUnavailable;
    return absl::Status(code, absl::StrCat("--attach: ", address.shown, ": ", status.message()));
  }
  agent->thread_ = NamedThread("attached-agent", [view = agent.get()] { view->Run(); });
  return agent;
}

void AttachedAgent::Run() {
  int64_t next_ns = clock_.SteadyNanoseconds() + kPeriodNs;
  while (!stop_.stopped()) {
    const int64_t wait_ns = std::max<int64_t>(next_ns - clock_.SteadyNanoseconds(), 0);
    wanted_.changed().Wait(stop_.fd(), static_cast<int>(wait_ns / kNanosecondsPerMillisecond));
    if (stop_.stopped()) return;
    next_ns = clock_.SteadyNanoseconds() + kPeriodNs;
    const absl::Status status = Poll(stop_.fd());
    if (!status.ok() && !absl::IsCancelled(status)) PublishTrouble(status);
  }
}

absl::Status AttachedAgent::Poll(int stop_fd) {
  const ConnectionQuery query = wanted_.Current();
  if (absl::Status status = fetch_.Request(PathOf(query), stop_fd); !status.ok()) return status;
  absl::StatusOr<Snapshot> snapshot = SnapshotFromJson(&fetch_, query.limit);
  fetch_.Cancel();  // of an answer that is not read to its end
  if (!snapshot.ok()) return snapshot.status();
  answer_time_ns_ = clock_.SteadyNanoseconds();
  const bool wants_edges = wanted_.wants_edges();
  const bool is_news = sequence_ == 0 || wants_edges != has_edges_ || !hub_.Current()->trouble.empty() ||
                       !(query == answered_) || snapshot->sequence != agent_sequence_ ||
                       snapshot->capture_start_time_ns != capture_start_time_ns_;
  if (!is_news) return absl::OkStatus();
  if (wants_edges) {
    if (absl::Status status = FetchEdges(stop_fd, &*snapshot); !status.ok()) return status;
  }
  if (snapshot->has_edges) {
    if (absl::Status status = RememberEdges(stop_fd, *snapshot); !status.ok()) return status;
  }
  has_edges_ = wants_edges;
  answered_ = query;
  agent_sequence_ = snapshot->sequence;
  capture_start_time_ns_ = snapshot->capture_start_time_ns;
  snapshot->sequence = ++sequence_;
  hub_.Publish(std::make_shared<const Snapshot>(*std::move(snapshot)));
  return absl::OkStatus();
}

absl::Status AttachedAgent::FetchEdges(int stop_fd, Snapshot* snapshot) {
  absl::Status status = fetch_.Request(absl::StrCat("/api/v1/edges?sort=rate&limit=", kMaxEdges), stop_fd);
  if (status.ok()) {
    absl::StatusOr<EdgesAnswer> answer = EdgesFromJson(&fetch_, kMaxEdges);
    fetch_.Cancel();
    status = answer.status();
    if (answer.ok()) AddEdges(*std::move(answer), snapshot);
  }
  if (absl::IsCancelled(status)) return status;
  if (absl::IsNotFound(status)) {
    snapshot->edges_trouble = "This agent is older: it does not tell its edges, so it has no groups to show.";
  } else if (!status.ok()) {
    snapshot->edges_trouble = absl::StrCat("The edges are missing: ", absl::CHexEscape(status.message()));
  }
  return absl::OkStatus();
}

absl::Status AttachedAgent::RememberEdges(int stop_fd, const Snapshot& snapshot) {
  if (!past_.LeadsTo(snapshot)) {
    HistoryAnswer past;
    if (clock_.SteadyNanoseconds() >= next_past_ns_) {
      constexpr int64_t kPastNs = AttachedHistory::kSeconds * kNanosecondsPerSecond;
      absl::StatusOr<HistoryAnswer> answer = FetchPast(stop_fd, snapshot.time_ns - kPastNs);
      if (absl::IsCancelled(answer.status())) return answer.status();
      if (answer.ok()) {
        past = *std::move(answer);
      } else {
        next_past_ns_ = clock_.SteadyNanoseconds() + kPastPauseNs;
      }
    }
    past_.Begin(past, snapshot);
  }
  past_.Record(snapshot);
  return absl::OkStatus();
}

absl::StatusOr<HistoryAnswer> AttachedAgent::FetchPast(int stop_fd, int64_t since_ns) {
  if (absl::Status status = fetch_.Request(PathOfPast(kMaxPastEdges, since_ns), stop_fd); !status.ok()) return status;
  absl::StatusOr<HistoryAnswer> answer = HistoryFromJson(&fetch_, kMaxPastEdges, past_.identities());
  fetch_.Cancel();
  return answer;
}

void AttachedAgent::PublishTrouble(const absl::Status& status) {
  auto snapshot = std::make_shared<Snapshot>(*hub_.Current());
  const int64_t age_s = (clock_.SteadyNanoseconds() - answer_time_ns_) / kNanosecondsPerSecond;
  snapshot->sequence = ++sequence_;
  // After kUnavailable, the agent itself may be well: a name, a certificate or a proxy may be wrong. So the reason is
  // shown in either case.
  const std::string reason = absl::CHexEscape(status.message());
  snapshot->trouble = absl::IsUnavailable(status) ? absl::StrCat("no answer for ", age_s, " s, trying again: ", reason)
                                                  : absl::StrCat("no usable answer for ", age_s, " s: ", reason);
  hub_.Publish(std::move(snapshot));
}

}  // namespace tcpgauge
