// SPDX-License-Identifier: Apache-2.0
#include "src/kube/list_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/log.h"
#include "src/http_client/http_client.h"
#include "src/kube/event_lines.h"
#include "src/kube/object_body.h"

namespace tcpgauge {
namespace {

constexpr int64_t kLogIntervalNs = 60 * kNanosecondsPerSecond;
constexpr int64_t kMaxListNs = 600 * kNanosecondsPerSecond;
// A watch that the server ends sooner counts as a failure, so that ListWatch does not ask in a loop.
constexpr int64_t kShortestWatchNs = kNanosecondsPerSecond;
// How much later than asked for a watch may end.
constexpr int64_t kWatchGraceNs = 30 * kNanosecondsPerSecond;

// A list that has more pages does not come to an end. The largest clusters have some 300 pages of pods.
constexpr int kMaxPages = 4000;
// A server may leave out all objects of a page, and still have more of them: the API allows that for a selector.
constexpr int kMaxEmptyPages = 100;

constexpr int kExpired = 410;
// A server that does not know a parameter, or does not allow it, answers with one of these.
bool IsRefusal(int status) { return status == 400 || status == 422; }

// Returns an error if the list does not come to an end: `page` asks for a further one, and is already too much.
// `token` is the one that `page` was asked for with.
absl::Status CheckNextPage(const ListPage& page, const std::string& token, int pages, int empty_pages) {
  if (page.next.empty()) return absl::OkStatus();
  if (page.next == token) return absl::ResourceExhaustedError("a page of the list names itself as the next page");
  if (empty_pages > kMaxEmptyPages) {
    return absl::ResourceExhaustedError(absl::StrCat("the list has more than ", kMaxEmptyPages, " empty pages"));
  }
  if (pages >= kMaxPages) {
    return absl::ResourceExhaustedError(absl::StrCat("the list has more than ", kMaxPages, " pages"));
  }
  return absl::OkStatus();
}

}  // namespace

ListWatch::ListWatch(ListWatchOptions options, ObjectStore* store, KubeTransport* transport, const Clock* clock)
    : options_(std::move(options)),
      store_(*store),
      transport_(*transport),
      clock_(*clock),
      retry_(options_.retry),
      failure_log_(*clock, kLogIntervalNs) {}

void ListWatch::Run() {
  if (!transport_.Pause(options_.first_request_ns)) return;
  while (true) {
    const Outcome outcome = Step();
    int64_t pause_ns = 0;
    switch (outcome.kind) {
      case Outcome::Kind::kStopped:
        return;
      case Outcome::Kind::kDone:
        break;
      case Outcome::Kind::kUnsupported:
        has_initial_events_ = false;
        break;
      case Outcome::Kind::kExpired:
        is_synced_ = false;
        is_list_exact_ = !has_progress_;
        NoteFailure(outcome);
        pause_ns = retry_.AfterExpiry();
        break;
      case Outcome::Kind::kFailed:
        NoteFailure(outcome);
        pause_ns = retry_.AfterFailure(outcome.retry_after_seconds);
        break;
    }
    if (pause_ns > 0 && !transport_.Pause(pause_ns)) return;
  }
}

ListWatch::Outcome ListWatch::Step() {
  if (is_synced_) return Watch(Initial::kNone);
  if (has_initial_events_) return Watch(Initial::kEvents);
  return List();
}

ListWatch::Outcome ListWatch::List() {
  store_.BeginSync();
  std::string next;
  int pages = 0;
  int empty_pages = 0;
  do {
    // A page after the first one has the version of the first one.
    std::string query = absl::StrCat("limit=", options_.page_objects);
    if (!next.empty()) {
      absl::StrAppend(&query, "&continue=", HttpClient::Escape(next));
    } else if (!is_list_exact_) {
      query += "&resourceVersion=0";
    }
    ++requests_;
    const absl::StatusOr<KubeAnswer> answer = transport_.Get(Query(query), {options_.list_silence_ns, kMaxListNs});
    if (!answer.ok()) return OutcomeOf(answer.status());
    if (answer->status != 200) return OutcomeOf(*answer);
    absl::StatusOr<ListPage> page = ReadListPage(&transport_, &store_);
    if (!page.ok()) return OutcomeOf(page.status());
    version_ = page->resource_version;
    ++pages;
    if (page->objects == 0) ++empty_pages;
    if (absl::Status status = CheckNextPage(*page, next, pages, empty_pages); !status.ok()) return OutcomeOf(status);
    next = page->next;
  } while (!next.empty());
  EndSync();
  return Outcome{};
}

ListWatch::Outcome ListWatch::Watch(Initial initial) {
  const int64_t spread_ns = std::max<int64_t>(options_.max_watch_ns - options_.min_watch_ns, 0);
  const int64_t watch_ns =
      options_.min_watch_ns + static_cast<int64_t>(options_.retry.random() * static_cast<double>(spread_ns));
  const int64_t watch_seconds = std::max<int64_t>(watch_ns / kNanosecondsPerSecond, 1);
  std::string query = absl::StrCat("watch=true&allowWatchBookmarks=true&timeoutSeconds=", watch_seconds);
  if (initial == Initial::kEvents) {
    store_.BeginSync();
    query += "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
  } else {
    absl::StrAppend(&query, "&resourceVersion=", HttpClient::Escape(version_));
  }
  const int64_t begin_ns = clock_.SteadyNanoseconds();
  ++requests_;
  const absl::StatusOr<KubeAnswer> answer =
      transport_.Get(Query(query), {options_.watch_silence_ns, watch_seconds * kNanosecondsPerSecond + kWatchGraceNs});
  if (!answer.ok()) return OutcomeOf(answer.status());
  if (initial == Initial::kEvents && IsRefusal(answer->status)) return Outcome{Outcome::Kind::kUnsupported};
  if (IsRefusal(answer->status)) is_synced_ = false;  // perhaps the version means nothing to this server
  if (answer->status != 200) return OutcomeOf(*answer);
  if (is_synced_) is_up_ = true;
  const Outcome outcome = TakeEvents(initial);
  if (outcome.kind != Outcome::Kind::kDone) return outcome;
  // A server or proxy that passes over the parameter sends the events of the objects, but not their end.
  if (!is_synced_) return Outcome{Outcome::Kind::kUnsupported};
  if (clock_.SteadyNanoseconds() - begin_ns < kShortestWatchNs) {
    return Outcome{Outcome::Kind::kFailed, std::nullopt, "the watch ended at once"};
  }
  retry_.Reset();
  NoteAnswer();
  return outcome;
}

ListWatch::Outcome ListWatch::TakeEvents(Initial initial) {
  ObjectBody body(&transport_);
  EventLines lines(&body);
  uint64_t too_long = 0;
  while (true) {
    const absl::StatusOr<std::optional<std::string_view>> line = lines.Next();
    lines_too_long_ += lines.too_long() - too_long;
    too_long = lines.too_long();
    if (absl::IsDeadlineExceeded(line.status())) return Outcome{};  // a server may send no bookmarks
    if (!line.ok()) return OutcomeOf(line.status());
    if (!line->has_value()) return Outcome{};
    const absl::StatusOr<WatchEvent> event = ReadWatchEvent(**line, store_.parser());
    if (!event.ok()) {
      ++lines_invalid_;
      continue;
    }
    if (event->type != WatchEvent::Type::kOther) body.NoteObject();
    Outcome outcome = TakeEvent(*event, initial);
    if (outcome.kind != Outcome::Kind::kDone) return outcome;
  }
}

ListWatch::Outcome ListWatch::TakeEvent(const WatchEvent& event, Initial initial) {
  switch (event.type) {
    case WatchEvent::Type::kError:
      if (event.error_code == kExpired) {
        return Outcome{Outcome::Kind::kExpired, std::nullopt, event.error_message};
      }
      is_synced_ = false;  // which version the server is at is not known
      return Outcome{Outcome::Kind::kFailed, std::nullopt, event.error_message};
    case WatchEvent::Type::kAdded:
    case WatchEvent::Type::kModified:
      store_.Put();
      ++events_;
      break;
    case WatchEvent::Type::kDeleted:
      store_.Remove();
      ++events_;
      break;
    case WatchEvent::Type::kBookmark:
      if (initial == Initial::kEvents && event.ends_initial_events && !is_synced_) EndSync();
      break;
    case WatchEvent::Type::kOther:
      ++lines_invalid_;
      return Outcome{};
  }
  // Versions of initial events are those of the objects, in no order.
  if (is_synced_) {
    if (!event.resource_version.empty()) version_ = event.resource_version;
    has_progress_ = true;
    retry_.Reset();
    NoteAnswer();
  }
  return Outcome{};
}

void ListWatch::EndSync() {
  store_.EndSync();
  if (was_synced_) ++relists_;
  is_synced_ = true;
  was_synced_ = true;
  is_list_exact_ = false;
  has_progress_ = false;
  is_up_ = true;
  NoteAnswer();
}

ListWatch::Outcome ListWatch::OutcomeOf(const absl::Status& error) const {
  Outcome outcome;
  outcome.kind = absl::IsCancelled(error) ? Outcome::Kind::kStopped : Outcome::Kind::kFailed;
  outcome.message = std::string(error.message());
  return outcome;
}

ListWatch::Outcome ListWatch::OutcomeOf(const KubeAnswer& answer) const {
  Outcome outcome;
  outcome.kind = answer.status == kExpired ? Outcome::Kind::kExpired : Outcome::Kind::kFailed;
  outcome.retry_after_seconds = answer.retry_after_seconds;
  outcome.message = absl::StrCat("status ", answer.status, answer.message.empty() ? "" : ": ", answer.message);
  return outcome;
}

void ListWatch::NoteFailure(const Outcome& outcome) {
  ++failures_;
  is_up_ = false;
  if (const std::optional<uint64_t> suppressed = failure_log_.Admit()) {
    LogWarn("a request to the Kubernetes API failed; names that are known stay",
            {{"resource", options_.resource}, {"error", outcome.message}, {"suppressed", *suppressed}});
    has_warned_ = true;
  }
}

void ListWatch::NoteAnswer() {
  if (std::exchange(has_warned_, false)) {
    LogInfo("the Kubernetes API answers again", {{"resource", options_.resource}});
  }
}

std::string ListWatch::Query(const std::string& query) const {
  return absl::StrCat(options_.path, "?", query, options_.selector.empty() ? "" : "&", options_.selector);
}

ListWatchCounts ListWatch::Counts() const {
  ListWatchCounts counts;
  counts.is_up = is_up_;
  counts.requests = requests_;
  counts.relists = relists_;
  counts.events = events_;
  counts.lines_too_long = lines_too_long_;
  counts.lines_invalid = lines_invalid_;
  counts.failures = failures_;
  return counts;
}

}  // namespace tcpgauge
