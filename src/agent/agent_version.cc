// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent_version.h"

#include "exporter/http/http_server.h"
#include "exporter/http/tls_context.h"
#include "src/base/build_commit.h"
#include "src/base/version.h"
#include "src/capture/live_source.h"
#include "src/http_client/http_client.h"

namespace tcpgauge {

std::string AgentVersion() {
  return VersionText(BuildCommit(), {{"libpcap", CaptureLibraryVersion()},
                                     {"boost", HttpServer::LibraryVersion()},
                                     {"libcurl", HttpClient::LibraryVersion()},
                                     {"openssl", TlsContext::LibraryVersion()}});
}

}  // namespace tcpgauge
