// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_
#define TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "src/attach/agent_address.h"
#include "src/attach/attached_history.h"
#include "src/attach/history_from_json.h"
#include "src/attach/http_fetch.h"
#include "src/base/clock.h"
#include "src/base/stop_signal.h"
#include "src/http_client/http_client.h"
#include "src/snapshot/history.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"

namespace tcpgauge {

// An agent that runs elsewhere, as a hub of its snapshots. A thread of this class asks the agent every second, and at
// once when the top view posts to wanted() that it needs something else.
//
// While there is no usable answer, the thread keeps asking every second, and publishes copies of the last snapshot. In
// these copies, Snapshot::trouble says for how long there has been no usable answer, and why.
//
// While the view wants edges, the agent's last minute is in past() before a snapshot has edges. The thread asks for it
// when the view wants edges after a time without. If the agent has no usable answer, the past begins with these edges,
// and the thread does not ask again for a minute.
//
// Owns the thread, the connection, the hub and the past.
// Thread: one thread calls Attach() and destroys the result. Any thread may read hub() and past(). The top view's
// thread posts to wanted().
//
// The agent is not trusted. It may send anything, as much and as slowly as it likes. After each piece that libcurl
// hands over, the thread checks whether it must end. So the destructor takes some milliseconds.
//
// Bounds: those of HttpFetch, of SnapshotFromJson(), of EdgesFromJson() with kMaxEdges edges, of HistoryFromJson() with
// kMaxPastEdges edges, and of AttachedHistory. While the thread reads an answer, it takes at most 128 MiB besides the
// snapshots and the past: 48 MiB for the body that waits, 64 MiB for the parser, and the rest for the libraries.
class AttachedAgent {
 public:
  // The agent is asked for at most this many edges, those with the highest rates. An agent exports fewer by default.
  static constexpr size_t kMaxEdges = 1000;
  // Those of the past: as many as an agent remembers.
  static constexpr size_t kMaxPastEdges = 100;

  // Asks the agent once, and starts the thread after an answer. A wrong address or password therefore shows at the
  // start. Gives up once `stop_fd` is readable, and reads nothing from `stop_fd`. `clock` must outlive the result.
  //
  // Errors: kCancelled when `stop_fd` was readable, otherwise kUnavailable. The message begins with "--attach: " and
  // the address without user and password. It may hold bytes that the agent chose: make it printable before you show
  // it.
  static absl::StatusOr<std::unique_ptr<AttachedAgent>> Attach(const AgentAddress& address, const ClientTlsFiles& tls,
                                                               const Clock* clock, int stop_fd);
  // Ends the thread, also in the middle of a request.
  ~AttachedAgent();

  // Never empty: has a snapshot of the agent from the start. Valid as long as this object.
  const SnapshotHub& hub() const { return hub_; }
  // The query that selects and sorts the connections of the snapshots. Valid as long as this object.
  WantedQuery* wanted() { return &wanted_; }
  // What the edges counted until the latest snapshot that has edges, in that snapshot's time. Valid as long as this
  // object.
  const History& past() const { return past_.history(); }

 private:
  AttachedAgent(const AgentAddress& address, const ClientTlsFiles& tls, const Clock* clock);

  void Run();
  absl::Status Poll(int stop_fd);
  // Fetches the edges and puts them into `*snapshot`. If that fails, puts the reason there instead. Errors: only
  // kCancelled.
  absl::Status FetchEdges(int stop_fd, Snapshot* snapshot);
  // Continues the past with the edges of `snapshot`. Fetches what came before if necessary. Errors: kCancelled.
  absl::Status RememberEdges(int stop_fd, const Snapshot& snapshot);
  absl::StatusOr<HistoryAnswer> FetchPast(int stop_fd, int64_t since_ns);
  void PublishTrouble(const absl::Status& status);

  HttpFetch fetch_;
  const Clock& clock_;
  SnapshotHub hub_;
  WantedQuery wanted_;
  StopSignal stop_;
  uint64_t sequence_ = 0;        // of hub(); the agent's own sequence starts over when the agent restarts
  uint64_t agent_sequence_ = 0;  // Snapshot::sequence in the last answer
  int64_t capture_start_time_ns_ = 0;
  ConnectionQuery answered_;    // the query of the last answer
  bool has_edges_ = false;      // whether edges were asked for with the last answer
  int64_t answer_time_ns_ = 0;  // steady time of the last answer
  AttachedHistory past_{kMaxEdges};
  int64_t next_past_ns_ = INT64_MIN;  // steady time from which on the agent may be asked for the past
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_
