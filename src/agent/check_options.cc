// SPDX-License-Identifier: Apache-2.0
#include "src/agent/check_options.h"

#include "exporter/http/web_security.h"
#include "src/agent/end_names.h"
#include "src/agent/engine_options.h"
#include "src/agent/memory_fit.h"
#include "src/agent/otlp_push.h"
#include "src/agent/web_server.h"
#include "src/attach/agent_address.h"
#include "src/capture/check_capture.h"

namespace tcpgauge {
namespace {

absl::Status CheckMemory(const Options& options) {
  const auto otel = OtelSettingsOf(options);
  if (!otel.ok()) return otel.status();
  const bool pushes = otel->push || otel->console;
  EngineOptions engine = EngineOptionsOf(options, pushes);
  return FitToMemory(options, pushes, options.max_memory_bytes, &engine).status();
}

absl::Status Check(const Options& options) {
  if (!options.attach.empty()) return ParseAgentAddress(options.attach).status();
  if (absl::Status status = CheckMemory(options); !status.ok()) return status;
  if (absl::Status status = EndNames::Check(options); !status.ok()) return status;
  if (absl::Status status = CheckWebOptions(options); !status.ok()) return status;
  if (absl::Status status = CheckCapture(options.interfaces, options.filter); !status.ok()) return status;
  if (options.web_config_file.empty()) return absl::OkStatus();
  return WebSecurity::Open(options.web_config_file).status();
}

}  // namespace

absl::Status CheckOptions(const Options& options) {
  const absl::Status status = Check(options);
  return status.ok() ? status : absl::InvalidArgumentError(status.message());
}

}  // namespace tcpgauge
