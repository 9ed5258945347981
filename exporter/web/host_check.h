// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_HOST_CHECK_H_
#define TCPGAUGE_EXPORTER_WEB_HOST_CHECK_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporter/http/http_message.h"

namespace tcpgauge {

// The names by which users reach the agent. A function may be empty. Otherwise it returns at once, and its result is
// not null. Several threads may call it at a time.
struct HostNames {
  using List = std::shared_ptr<const std::vector<std::string>>;

  std::vector<std::string> patterns;     // each one for MatchesHost()
  std::function<List()> of_machine;      // the names of this host
  std::function<List()> of_certificate;  // see TlsContext::host_names()
};

// Refuses requests that name a host which is not this agent.
//
// Design. A page of any web site may ask for http://evil.example:10406/, and the site's name server may answer with
// 127.0.0.1 or an address of the local network (DNS rebinding). The browser then takes the agent for a part of that
// site, and lets the site's scripts read the answers. Only the header Host shows the difference: it has the site's
// name. An IP address cannot be rebound, so all IP addresses are allowed. Requests without a host are allowed too,
// because no browser sends them: those of HTTP/1.0 without a header Host, and those with an empty one. A client of a
// unix socket is no browser, so all of its requests are allowed.
//
// The host of a request is that of an absolute target, or else of the header Host. ParseRequestHead() makes sure that a
// request has at most one host, and that the host is valid.
//
// Thread: any thread may call the const methods.
class HostCheck {
 public:
  explicit HostCheck(HostNames names) : names_(std::move(names)) {}

  // Whether the request comes from a unix socket, or its host is empty, an IP address, "localhost" or one of the names.
  bool Allows(const HttpRequest& request) const;

  // Returns `handler` behind the check. Instead of its answer, a request that is not allowed gets 421 (RFC 9110 section
  // 15.5.20) and a line that says which option allows it. The result holds a copy of this object.
  HttpHandler Guard(HttpHandler handler) const;

 private:
  HostNames names_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_HOST_CHECK_H_
