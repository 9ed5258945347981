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

// The agent: capture, connection log, pushed metrics and HTTP, wired together. The top view is the caller's, who shows
// hub() in it; so are signals and privileges.
//
// Open() does all that may need a privilege, and Serve() all that starts a thread or reads a packet. The caller drops
// its privileges between the two, since capabilities belong to threads and cannot be taken from a thread by another.
//
// Thread: one opens, serves, stops and destroys it. hub() is for any, as long as the agent lives.
class Agent {
 public:
  // Opens what the options ask for: captures, connection log, the files of OTLP and of the web configuration, and
  // listeners. Starts no thread and reads no packet. Reads the OTEL_* environment and logs what is wrong with it.
  // `identity` is who the process becomes before Serve(): the connection log's file is given to it.
  //
  // Errors name what could not be opened. kInvalidArgument and kNotFound: what the options ask for is wrong. Every
  // other code: the environment does not allow it (privilege, resource).
  static absl::StatusOr<std::unique_ptr<Agent>> Open(const Options& options, const Identity& identity);

  // Stops what still runs; errors are lost.
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Answers HTTP, captures, writes the connection log and pushes, each on threads of its own. Once. Errors: of HTTP
  // threads; the agent must then be destroyed.
  absl::Status Serve();

  // Stops HTTP and capture; hub() then holds the final snapshot. The error of the capture, if there was one. A second
  // call does nothing but return that error again. REQUIRES: Serve() was called.
  absl::Status StopCapture();

  // StopCapture(), then writes the rest of the connection log and pushes the metrics a last time. The push comes last
  // because it may take as long as the export timeout. Once. The first error: of the capture, or kUnavailable when
  // lines of the connection log were lost. REQUIRES: Serve() was called.
  absl::Status Stop();

  // Continues the connection log, if there is one, in a new file of its name: for after the former was renamed.
  void ReopenConnectionLog();

  // Readable once capture has ended by itself: a file that need not stay is read, or no interface is left.
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
  // Each of these may use those above it, and so is destroyed before them. All but the engine may be null.
  std::unique_ptr<ConnectionLog> connection_log_;
  std::unique_ptr<CaptureEngine> engine_;
  std::unique_ptr<OtlpPusher> pusher_;
  std::unique_ptr<WebSecurity> web_security_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_AGENT_H_
