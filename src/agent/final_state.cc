// SPDX-License-Identifier: Apache-2.0
#include "src/agent/final_state.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <cstddef>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "exporter/metrics/metrics_output.h"
#include "exporter/metrics/text_writer.h"
#include "exporter/web/connections_json.h"
#include "src/agent/agent_name.h"
#include "src/agent/describe_agent.h"
#include "src/agent/series_limits.h"
#include "src/base/clock.h"
#include "src/base/patience.h"
#include "src/base/patient_write.h"
#include "tui/table_text.h"

namespace tcpgauge {
namespace {

std::string Metrics(const Options& options, const SnapshotHub& hub, TextFormat format) {
  // New metrics of the agent, because no output of a running agent has counted anything.
  AgentMetrics agent;
  DescribeAgent(options, &agent);
  return WriteText(MetricsOutput(ExpositionLimitsOf(options), &agent).Expose(hub.Current()), format);
}

std::string FinalState(const Options& options, const SnapshotHub& hub) {
  switch (options.output) {
    case OutputFormat::kNone:
      break;
    case OutputFormat::kTable:
      return TableText(*hub.Current());
    case OutputFormat::kJson:
      return ConnectionsJson(*hub.Current(), {ConnectionSort::kBytes, false, "", std::numeric_limits<size_t>::max()},
                             AgentName());
    case OutputFormat::kPrometheus:
      return Metrics(options, hub, TextFormat::kPrometheus);
    case OutputFormat::kOpenMetrics:
      return Metrics(options, hub, TextFormat::kOpenMetrics);
  }
  return "";
}

}  // namespace

absl::Status PrintFinalState(const Options& options, const SnapshotHub& hub, const Haste& haste) {
  const std::string text = FinalState(options, hub);
  if (text.empty()) return absl::OkStatus();
  Patience patience(&SystemClock(), &haste);
  patience.BeginEnd();
  const int own = ReopenNonblocking(STDOUT_FILENO);
  const int error = PatientWrite(own >= 0 ? own : STDOUT_FILENO, text, &patience).error;
  if (own >= 0) close(own);
  if (error == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot write to standard output: ", error == ETIMEDOUT ? "nobody reads it" : strerror(error)));
}

}  // namespace tcpgauge
