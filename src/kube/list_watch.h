// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_LIST_WATCH_H_
#define TCPGAUGE_SRC_KUBE_LIST_WATCH_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "src/base/clock.h"
#include "src/base/log_limiter.h"
#include "src/base/time_units.h"
#include "src/kube/kube_transport.h"
#include "src/kube/object_store.h"
#include "src/kube/read_objects.h"
#include "src/kube/retry_pause.h"

namespace tcpgauge {

struct ListWatchOptions {
  std::string resource;  // for the log, such as "pods"
  std::string path;      // such as "/api/v1/pods"
  // A part of the query, percent-encoded, such as "fieldSelector=spec.nodeName%3Da"; may be empty.
  std::string selector;
  int64_t first_request_ns = 0;  // from Run() to the first request; see FirstRequestNs()
  int page_objects = 500;        // how many objects to ask for in a page of a list
  // Each watch asks the server to end it after a random time between these two. By default, kube-apiserver ends a watch
  // after 30 to 60 minutes.
  int64_t min_watch_ns = 20 * 60 * kNanosecondsPerSecond;
  int64_t max_watch_ns = 40 * 60 * kNanosecondsPerSecond;
  int64_t list_silence_ns = 60 * kNanosecondsPerSecond;  // the longest time without a byte of a list
  // The longest time without a byte of a watch. After this time, the next watch begins. The server sends a bookmark
  // about each minute.
  int64_t watch_silence_ns = 5 * 60 * kNanosecondsPerSecond;
  RetryPauseOptions retry;
};

// What a ListWatch has done. The counters never fall.
struct ListWatchCounts {
  bool is_up = false;           // the objects are known, and the last request did not fail
  uint64_t requests = 0;        // sent
  uint64_t relists = 0;         // complete reads of all objects after the first one
  uint64_t events = 0;          // of watches, with the initial events, but without bookmarks and errors
  uint64_t lines_too_long = 0;  // events that were skipped; see EventLines
  uint64_t lines_invalid = 0;   // events that were skipped, because they could not be read
  uint64_t failures = 0;        // reads and watches that failed or broke off
};

// Keeps an ObjectStore equal to the objects of one kind that the API server has. Reads all objects first, and then
// watches for changes.
//
// Reading all objects. If the server has the feature WatchList (by default Kubernetes 1.32, and 1.34 and later), a
// watch begins with an event for each object (sendInitialEvents), and a bookmark follows the last of them. The server
// sends these events from its cache, one at a time. Any other server refuses the parameter with status 422 or 400, or
// ends the watch without this bookmark. From then on, ListWatch lists the objects in pages, and begins the watch at the
// version of the list. It asks for a list from the server's cache (resourceVersion=0), because for a list from etcd the
// server reads the pods of all nodes. So a list may be some seconds old, and the watch then brings the later changes.
// If the list is too old even for the watch, the next list comes from etcd.
//
// Watching. The server ends a watch after a while. The next watch continues from the last version that an event or a
// bookmark named.
//
// Failures. After each failure, ListWatch waits (RetryPause) and tries again, for ever. Status 410, or an error event
// with that code, means that the server has forgotten the version. Then ListWatch reads all objects again. It does so
// too if a watch is answered with status 400 or 422, or brings another error event. Until the read is complete, the
// store keeps the objects that it has. After any other failure, the next watch continues from the last version, and a
// list begins again at its first page. An event that cannot be read is skipped and counted. A new watch would only
// bring the same event again. A list without an end is a failure too: a page names itself as the next page, or there
// are more than 4,000 pages, or more than 100 empty pages.
//
// Thread: Run() has a thread of its own. Counts() may be called by any thread.
// Bounds: those of KubeTransport, EventLines, ObjectBody and ReadListPage(). The store bounds the number of objects. A
// page of a list may take 10 minutes.
// Errors: logged at most once a minute. The log also says when the server answers again.
class ListWatch {
 public:
  // `store`, `transport` and `clock` must outlive the object.
  ListWatch(ListWatchOptions options, ObjectStore* store, KubeTransport* transport, const Clock* clock);

  // Returns when the transport says that the agent stops. Call it once.
  void Run();

  ListWatchCounts Counts() const;

 private:
  // How a request ended.
  struct Outcome {
    enum class Kind : uint8_t { kDone, kUnsupported, kExpired, kFailed, kStopped };

    Kind kind = Kind::kDone;
    std::optional<int64_t> retry_after_seconds = std::nullopt;  // of kFailed
    std::string message = "";                                   // of kFailed and kExpired
  };
  enum class Initial : uint8_t { kNone, kEvents };

  Outcome Step();
  Outcome List();
  Outcome Watch(Initial initial);
  // Takes the events of the watch until the body ends or fails.
  Outcome TakeEvents(Initial initial);
  Outcome TakeEvent(const WatchEvent& event, Initial initial);
  void EndSync();
  Outcome OutcomeOf(const absl::Status& error) const;
  Outcome OutcomeOf(const KubeAnswer& answer) const;
  void NoteFailure(const Outcome& outcome);
  // Notes that the server has sent what was asked for: all objects, an event or bookmark of a watch, or a whole watch.
  void NoteAnswer();
  std::string Query(const std::string& query) const;

  const ListWatchOptions options_;
  ObjectStore& store_;
  KubeTransport& transport_;
  const Clock& clock_;
  RetryPause retry_;
  LogLimiter failure_log_;

  bool has_initial_events_ = true;  // false once the server has refused to send them
  bool was_synced_ = false;         // all objects were read at least once
  bool is_synced_ = false;          // the store has what the server had at version_
  bool is_list_exact_ = false;      // the next list must not come from the server's cache
  bool has_progress_ = false;       // an event or bookmark came since the last EndSync()
  bool has_warned_ = false;         // a failure was logged since the last answer
  std::string version_;

  std::atomic<bool> is_up_{false};
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> relists_{0};
  std::atomic<uint64_t> events_{0};
  std::atomic<uint64_t> lines_too_long_{0};
  std::atomic<uint64_t> lines_invalid_{0};
  std::atomic<uint64_t> failures_{0};
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_LIST_WATCH_H_
