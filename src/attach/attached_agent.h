// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_
#define TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "src/attach/agent_address.h"
#include "src/attach/http_fetch.h"
#include "src/base/clock.h"
#include "src/base/stop_signal.h"
#include "src/http_client/http_client.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"

namespace tcpgauge {

// An agent that runs elsewhere, as a hub of its snapshots. A thread asks the agent every second, and at once when the
// view posts another query to wanted(). While the agent does not answer, the thread goes on asking every second. The
// hub then keeps the last snapshot, and Snapshot::trouble says for how long there has been no answer.
//
// Thread: any thread may read hub(); the thread of the view posts to wanted().
class AttachedAgent {
 public:
  // Asks once before it starts the thread, so that a wrong address or password shows at the start. Gives up once
  // `stop_fd` is readable (it is not read). `clock` must outlive the result.
  // Errors: Cancelled when it gave up, otherwise Unavailable. The message begins with the address.
  static absl::StatusOr<std::unique_ptr<AttachedAgent>> Attach(const AgentAddress& address, const ClientTlsFiles& tls,
                                                               const Clock* clock, int stop_fd);
  ~AttachedAgent();

  const SnapshotHub& hub() const { return hub_; }
  WantedQuery* wanted() { return &wanted_; }

 private:
  AttachedAgent(const AgentAddress& address, const ClientTlsFiles& tls, const Clock* clock);

  void Run();
  absl::Status Poll(int stop_fd);
  void PublishTrouble();

  HttpFetch fetch_;
  const Clock& clock_;
  SnapshotHub hub_;
  WantedQuery wanted_;
  StopSignal stop_;
  uint64_t sequence_ = 0;  // of hub(); the agent's own starts over when it restarts
  uint64_t agent_sequence_ = 0;
  int64_t capture_start_time_ns_ = 0;
  ConnectionQuery answered_;
  int64_t answer_time_ns_ = 0;  // steady time of the last answer
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_
