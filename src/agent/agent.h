// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_AGENT_H_
#define TCPGAUGE_SRC_AGENT_AGENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exporter/http/http_server.h"
#include "exporter/http/web_security.h"
#include "exporter/log/connection_log.h"
#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/otel_environment.h"
#include "exporter/otlp/otlp_pusher.h"
#include "src/capture/capture_engine.h"
#include "src/memory/memory_plan.h"
#include "src/options/options.h"
#include "src/privilege/identity.h"
#include "src/snapshot/snapshot_hub.h"

namespace tcpgauge {

// The agent: capture, connection log, pushed metrics and HTTP, wired together. The caller runs the top view, which
// shows hub(), and handles signals and privileges.
//
// Open() does everything that may need a privilege. Serve() does everything that starts a thread or reads a packet. The
// caller drops its privileges between the two, since capabilities belong to threads and cannot be taken from a thread
// by another.
//
// Thread: one thread opens, serves, stops and destroys the agent. Any thread may use hub() as long as the agent lives.
class Agent {
 public:
  // Opens what the options ask for: captures, connection log, the files of OTLP and of the web configuration, and
  // listeners. Starts no thread and reads no packet. Reads the OTEL_* environment and logs wrong values. `identity` is
  // the user that the process becomes before Serve(); that user is made the owner of the connection log's file.
  //
  // Errors name what could not be opened. kInvalidArgument and kNotFound: what the options ask for is wrong. Every
  // other code: the environment does not allow it (privilege, resource).
  static absl::StatusOr<std::unique_ptr<Agent>> Open(const Options& options, const Identity& identity);

  // Stops everything that still runs, and ignores errors.
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Starts the threads that answer HTTP, write the connection log, capture and push. Call it once. Errors: the threads
  // for HTTP cannot be started; the agent must then be destroyed.
  absl::Status Serve();

  // Stops HTTP and capture; hub() then holds the final snapshot. Returns the error of the capture, if any. A second
  // call only returns that error again. REQUIRES: Serve() was called.
  absl::Status StopCapture();

  // StopCapture(), then writes the rest of the connection log and pushes the metrics a last time. The push comes last
  // because it may take as long as the export timeout. Call it once. Returns the first error: that of the capture, or
  // kUnavailable when lines of the connection log were lost. REQUIRES: Serve() was called.
  absl::Status Stop();

  // Continues the connection log, if any, in a new file of the same name. Call it after the file was renamed.
  void ReopenConnectionLog();

  // Readable once capture has ended by itself: a file was read to its end and no output shows it any longer, or no
  // interface is left.
  int finished_fd() const { return engine_->finished_fd(); }

  const SnapshotHub& hub() const { return engine_->hub(); }

  // Where HTTP can be reached (see HttpServer::urls()); empty without a listener.
  std::vector<std::string> urls() const;

 private:
  explicit Agent(const Options& options);

  // The steps of Open(), in this order.
  absl::Status OpenCapture(const EngineOptions& engine_options, const Identity& identity);
  absl::Status OpenConnectionLog(const Identity& identity);
  absl::Status OpenPusher(const OtelSettings& settings, size_t queue_bytes);
  absl::Status OpenServer(const MemoryPlan& plan, uint64_t memory_limit_bytes);

  const Options options_;
  AgentMetrics metrics_;
  // Each of these may use those above it, so it is destroyed before them. All but the engine may be null.
  std::unique_ptr<ConnectionLog> connection_log_;
  std::unique_ptr<CaptureEngine> engine_;
  std::unique_ptr<OtlpPusher> pusher_;
  std::unique_ptr<WebSecurity> web_security_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_H_
