// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/http_router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tcpgauge {
namespace {

HttpRouter OnePage() {
  HttpRouter router;
  router.Handle("/page", [](const HttpRequest&) {
    HttpResponse response;
    response.body = "the page";
    return response;
  });
  return router;
}

HttpRequest To(const char* method, const char* path) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  return request;
}

TEST(HttpRouter, AnswersGetAndHead) {
  EXPECT_EQ(OnePage()(To("GET", "/page")).body, "the page");
  EXPECT_EQ(OnePage()(To("HEAD", "/page")).status, 200);
}

TEST(HttpRouter, MatchesWholePathsOnly) {
  for (const char* path : {"/", "", "/pag", "/page/", "/page/x", "/PAGE", "*"}) {
    EXPECT_EQ(OnePage()(To("GET", path)).status, 404) << path;
  }
}

TEST(HttpRouter, SaysWhichMethodsAreAllowed) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "BREW"}) {
    const HttpResponse response = OnePage()(To(method, "/page"));
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.headers, (HttpFields{{"Allow", "GET, HEAD"}}));
  }
}

TEST(HttpRouter, TellsItsPaths) {
  HttpRouter router = OnePage();
  router.Handle("/a", [](const HttpRequest&) { return HttpResponse(); });
  router.Handle("/page", [](const HttpRequest&) { return HttpResponse(); });
  EXPECT_EQ(router.paths(), (std::vector<std::string>{"/a", "/page"}));
}

TEST(HttpRouter, AHandlerMayAnswerUnknownPaths) {
  HttpRouter router = OnePage();
  router.HandleUnknown([](const HttpRequest& request) {
    HttpResponse response;
    response.status = 404;
    response.body = "no " + request.path;
    return response;
  });
  EXPECT_EQ(router(To("POST", "/other")).body, "no /other");
  EXPECT_EQ(router(To("GET", "/page")).body, "the page");
  EXPECT_EQ(router.paths(), (std::vector<std::string>{"/page"}));
}

TEST(HttpRouter, AnUnknownPathIsUnknownByAnyMethod) { EXPECT_EQ(OnePage()(To("POST", "/other")).status, 404); }

}  // namespace
}  // namespace tcpgauge
