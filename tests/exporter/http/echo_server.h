// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_HTTP_ECHO_SERVER_H_
#define TCPGAUGE_TESTS_EXPORTER_HTTP_ECHO_SERVER_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/http/http_server.h"
#include "tests/exporter/http/generous_limits.h"

namespace tcpgauge {

// Answers with the request: its method, path and query as the body, and its header X-Test.
inline HttpResponse Echo(const HttpRequest& request) {
  HttpResponse response;
  response.body = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
  response.headers.emplace_back("X-Test", request.Header("X-Test").value_or("none"));
  return response;
}

// Starts a server on `addresses`. A server that cannot start ends the process.
inline std::unique_ptr<HttpServer> StartOn(const std::vector<std::string>& addresses, HttpHandler handler = Echo,
                                           const HttpLimits& limits = GenerousLimits()) {
  HttpService service;
  service.handler = std::move(handler);
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(addresses, std::move(service), limits);
  EXPECT_TRUE(server.ok()) << server.status();
  if (!server.ok()) std::abort();
  return *std::move(server);
}

// Starts a server on a free port of the loopback address.
inline std::unique_ptr<HttpServer> StartOne(HttpHandler handler = Echo, const HttpLimits& limits = GenerousLimits()) {
  return StartOn({"127.0.0.1:0"}, std::move(handler), limits);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_HTTP_ECHO_SERVER_H_
