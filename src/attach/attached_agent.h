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

// An agent that runs elsewhere, as a hub of its snapshots: asked every second, and at once when the view wants to see
// something else. While it does not answer, the last snapshot stays, Snapshot::trouble tells since when, and it is
// asked again every second.
class AttachedAgent {
 public:
  // Asks once, so that a wrong address or password shows at the start. `stop_fd` becoming readable ends the attempt.
  // Errors: those of HttpFetch::Get(), with the address before.
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
  uint64_t sequence_ = 0;  // of what we publish: the agent's begins anew when it restarts
  uint64_t agent_sequence_ = 0;
  int64_t capture_start_time_ns_ = 0;
  ConnectionQuery answered_;
  int64_t answer_time_ns_ = 0;  // steady
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_ATTACHED_AGENT_H_
