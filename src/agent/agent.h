// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_H_
#define TCPGAUGE_SRC_AGENT_AGENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exporter/http/http_server.h"
#include "exporter/http/web_security.h"
#include "exporter/log/connection_log.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/otel_environment.h"
#include "exporter/otlp/otlp_pusher.h"
#include "src/agent/end_names.h"
#include "src/agent/machine_names.h"
#include "src/base/haste.h"
#include "src/base/patience.h"
#include "src/capture/capture_engine.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"
#include "src/privilege/identity.h"
#include "src/snapshot/history.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// The agent: capture, names of ends, connection log, pushed metrics and HTTP, connected to each other. The caller runs
// the top view on hub(), and handles signals and privileges.
//
// Open() does everything that may need a privilege. Serve() does everything that starts a thread or reads a packet. The
// caller drops its privileges between the two. That order is necessary, because capabilities belong to threads, and one
// thread cannot take them from another.
//
// The end. After SIGTERM or SIGINT the process is in haste (Haste): it has one second, and stops waiting for other
// processes after 0.8 s. Without haste, for example at the end of a file, the process waits longer. The steps of the
// end wait for:
// - StopCapture(): workers, reader and collector. They look at a StopSignal between batches, and a signal interrupts
//   the read of a file. HTTP begins to stop on a thread of its own.
// - FinishConnectionLog(): the reader of the log. Without haste, this step gives up when the reader has taken no byte
//   for 5 s (Patience).
// - PrintFinalState(): the reader of standard output, with the same limits as FinishConnectionLog().
// - Stop(): the receiver of the last push. In haste, this push runs beside the steps above. Without haste, this push
//   has the export timeout. Then Stop() waits for the threads that make names, which may be in a look-up of the
//   Kubernetes API's host name, and for the threads of HTTP. Handlers look at HttpRequest::IsAbandoned(), but bcrypt
//   cannot be interrupted.
// - FlushLog(): the reader of standard error. In haste, this step gives up when the 0.8 s are over, but not before 50
//   ms. Without haste, it gives up after 1 s.
// If the process still exists 0.95 s after the signal, the guard of EndSoon() ends it, with the status of
// SetCutShortStatus().
//
// Owns everything that it opens.
// Thread: one thread opens, serves, stops and destroys the agent. Any thread may use hub() as long as the agent lives.
class Agent {
 public:
  // Opens everything that `options` ask for: captures, a file of names, the connection log, the files for OTLP and for
  // the web configuration, and listeners. Starts no thread and reads no packet. Reads the OTEL_* environment and logs
  // wrong values in it. `identity` is the user that the process becomes before Serve(). If the process changes its
  // user, the new user is made the owner of the connection log's file. `haste` must outlive the agent.
  //
  // Errors: each error names what could not be opened. The code decides the exit status; see ExitStatusOf().
  static absl::StatusOr<std::unique_ptr<Agent>> Open(const Options& options, const Identity& identity,
                                                     const Haste* haste);

  // Ends the threads that still run, and ignores their errors.
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Makes the first names. Then starts the threads that make names, answer HTTP, write the connection log, capture and
  // push. Call it once. If a thread cannot be started, ends the process (NamedThread()). Errors: those of
  // EndNames::Start() and HttpServer::Serve(). After an error, the agent must be destroyed.
  absl::Status Serve();

  // The agent's own part of the end has three steps, in this order. Each step first calls the step before it, if the
  // caller has not done so. A second call of a step changes nothing and returns the same status. REQUIRES: Serve() was
  // called.
  //
  // Steps that protect data come before steps that may take long. HTTP stops meanwhile on a thread of its own, because
  // a request in progress may compute for long. In haste, the last push begins in the first step, so that the
  // connection log does not use up the time of the push. Without haste, the push comes last, so that it counts all
  // lines of the log.

  // Stops capture, and begins to stop HTTP. Afterwards hub() has the final snapshot. Returns the error of the capture,
  // if any.
  absl::Status StopCapture();
  // Writes the rest of the connection log, including the connections that are still open. Waits for a slow reader as
  // Patience says. Errors: those of StopCapture(). Otherwise kUnavailable when lines have been lost since the start;
  // the message gives their number.
  absl::Status FinishConnectionLog();
  // Pushes the metrics a last time. Returns when all threads have ended, except that of MachineNames. Errors: those of
  // FinishConnectionLog().
  absl::Status Stop();

  // Continues the connection log in a new file of the same name. Call it after the file was renamed. Has no effect
  // without a connection log.
  void ReopenConnectionLog();

  // A descriptor that becomes readable once capture has ended by itself. The agent owns the descriptor. Capture ends by
  // itself in these cases:
  // - Every interface has failed.
  // - The file is damaged.
  // - The file was read to its end, and the agent need not go on showing its connections (WorkerOptions::stay_at_end).
  int finished_fd() const { return engine_->finished_fd(); }

  const SnapshotHub& hub() const { return engine_->hub(); }
  // The last ten minutes, or less if memory is short. Null if no history is kept (see CaptureEngine).
  const History* history() const { return engine_->history(); }
  // Whether capture makes progress; see CaptureEngine::IsHealthy().
  bool IsHealthy() const { return engine_->IsHealthy(); }
  // A few words that the top view should show; may be empty. They tell the user that HTTP is not served, because
  // another program, usually another agent, listens on the default address.
  const std::string& notice() const { return notice_; }

  // Where HTTP can be reached (see HttpServer::urls()); empty without HTTP.
  std::vector<std::string> urls() const;

 private:
  Agent(const Options& options, const Haste* haste);

  // The steps of Open(), in this order. OpenCapture() calls OpenConnectionLog().
  absl::Status OpenCapture(const EngineOptions& engine_options, const Identity& identity);
  absl::Status OpenConnectionLog(const Identity& identity);
  absl::Status OpenServer(const MemoryPlan& plan, uint64_t memory_limit_bytes);
  absl::Status OpenPusher(const OtelSettings& settings, size_t queue_bytes);
  // Begins to stop HTTP.
  void StopServer();

  const Options options_;
  const Haste& haste_;
  Patience log_patience_;
  AgentMetrics metrics_;
  // Each of these may use the members above it, and is destroyed before them. All pointers but engine_ may be null. The
  // threads of names_ use engine_ too, so they are stopped before it is destroyed.
  std::unique_ptr<EndNames> names_;
  std::unique_ptr<ConnectionLog> connection_log_;
  std::unique_ptr<CaptureEngine> engine_;
  std::unique_ptr<OtlpPusher> pusher_;
  std::unique_ptr<WebSecurity> web_security_;
  MachineNames machine_names_;
  std::unique_ptr<HttpServer> server_;
  std::string notice_;
  std::thread server_stopper_;  // runs server_->Stop()

  // The results of the steps of the end; nullopt until the step was done.
  std::optional<absl::Status> capture_status_;
  std::optional<absl::Status> log_status_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_H_
