// SPDX-License-Identifier: Apache-2.0
#include "src/http_client/proxy_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace tcpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Environment = std::map<std::string, std::string>;

ProxySettings Settings(const Environment& environment) {
  return ProxySettings::FromEnvironment([&environment](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

// Returns the proxy for a call, or "error".
std::string Proxy(const Environment& environment, const std::string& host, int port = 4318,
                  const std::string& scheme = "http") {
  return Settings(environment).ProxyFor(scheme, host, port).value_or("error");
}

// Whether a call goes past the proxy because of this NO_PROXY.
bool IsDirect(const std::string& no_proxy, const std::string& host, int port = 4318) {
  const std::string proxy = Proxy({{"HTTP_PROXY", "http://proxy:1"}, {"NO_PROXY", no_proxy}}, host, port);
  EXPECT_TRUE(proxy.empty() || proxy == "http://proxy:1") << proxy;
  return proxy.empty();
}

TEST(ProxySettings, NoVariableIsNoProxy) {
  EXPECT_EQ(Proxy({}, "collector"), "");
  EXPECT_EQ(Proxy({{"HTTP_PROXY", ""}, {"http_proxy", ""}, {"NO_PROXY", "x"}}, "collector"), "");
  EXPECT_EQ(*ProxySettings().ProxyFor("http", "collector", 80), "");
}

TEST(ProxySettings, EachSchemeHasItsVariableInBothCases) {
  EXPECT_EQ(Proxy({{"HTTP_PROXY", "http://a:1"}}, "h"), "http://a:1");
  EXPECT_EQ(Proxy({{"http_proxy", "http://a:1"}}, "h"), "http://a:1");
  EXPECT_EQ(Proxy({{"HTTP_PROXY", "http://a:1"}, {"http_proxy", "http://b:1"}}, "h"), "http://a:1");
  EXPECT_EQ(Proxy({{"HTTP_PROXY", ""}, {"http_proxy", "http://b:1"}}, "h"), "http://b:1");
  EXPECT_EQ(Proxy({{"HTTP_PROXY", "http://a:1"}}, "h", 443, "https"), "");
  EXPECT_EQ(Proxy({{"HTTPS_PROXY", "http://a:1"}}, "h", 443, "https"), "http://a:1");
  EXPECT_EQ(Proxy({{"https_proxy", "http://a:1"}}, "h", 443, "HTTPS"), "http://a:1");
  EXPECT_EQ(Proxy({{"HTTPS_PROXY", "http://a:1"}}, "h"), "");
  EXPECT_EQ(Proxy({{"all_proxy", "http://c:1"}, {"HTTPS_PROXY", "http://a:1"}}, "h"), "http://c:1");
  EXPECT_EQ(Proxy({{"ALL_PROXY", "http://c:1"}, {"HTTPS_PROXY", "http://a:1"}}, "h", 443, "https"), "http://a:1");
}

TEST(ProxySettings, AProxyGetsASchemeAndAPort) {
  for (const auto& [value, url] : Environment{{"proxy", "http://proxy:80"},
                                              {"proxy:3128", "http://proxy:3128"},
                                              {"HTTP://Proxy", "http://Proxy:80"},
                                              {"https://proxy/", "https://proxy:443"},
                                              {"http://proxy:/x?y#z", "http://proxy:80"},
                                              {"socks5://proxy", "socks5://proxy:1080"},
                                              {"socks5h://proxy:9", "socks5h://proxy:9"},
                                              {"http://user:p%40ss@proxy:1", "http://user:p%40ss@proxy:1"},
                                              {"user@192.0.2.1", "http://user@192.0.2.1:80"},
                                              {"http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"},
                                              {"[::1]", "http://[::1]:80"}}) {
    EXPECT_EQ(Proxy({{"HTTP_PROXY", value}}, "h"), url) << value;
  }
}

TEST(ProxySettings, AWrongProxyIsNamedWithoutItsValue) {
  for (const std::string value :
       {"ftp://secret@proxy", "http://", "http://secret@", "http://secret@:80", "secret:port", "http://secret:70000",
        "http://secret:0", "http://secret proxy", "http://[::1:80", "http://[secret]", "//secret", "http://secret\n"}) {
    const absl::Status status = Settings({{"http_proxy", value}}).ProxyFor("http", "collector", 80).status();
    EXPECT_THAT(std::string(status.message()), StartsWith("http_proxy is not the URL of a proxy; use http://HOST:PORT"))
        << value;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret"))) << value;
    EXPECT_EQ(Proxy({{"HTTP_PROXY", value}}, "localhost"), "") << "is not needed";
  }
}

TEST(ProxySettings, ThisHostNeverHasAProxy) {
  for (const std::string host : {"localhost", "LocalHost", "localhost.", "127.0.0.1", "127.255.3.4", "::1", "[::1]",
                                 "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"}) {
    EXPECT_EQ(Proxy({{"HTTP_PROXY", "http://proxy:1"}}, host), "") << host;
  }
  for (const std::string host : {"localhost.example", "128.0.0.1", "[::2]", "notlocalhost", "0.0.0.0"}) {
    EXPECT_EQ(Proxy({{"HTTP_PROXY", "http://proxy:1"}}, host), "http://proxy:1") << host;
  }
}

TEST(ProxySettings, NoProxyNamesHostsAndTheirDomains) {
  EXPECT_TRUE(IsDirect("example.com", "example.com"));
  EXPECT_TRUE(IsDirect("example.com", "a.b.example.com"));
  EXPECT_TRUE(IsDirect(" a , Example.COM,b", "EXAMPLE.com."));
  EXPECT_FALSE(IsDirect("example.com", "notexample.com"));
  EXPECT_FALSE(IsDirect("example.com", "example.com.evil"));
  for (const std::string suffix : {".example.com", "*.example.com"}) {
    EXPECT_TRUE(IsDirect(suffix, "a.example.com")) << suffix;
    EXPECT_TRUE(IsDirect(suffix, "a.b.EXAMPLE.com")) << suffix;
    EXPECT_FALSE(IsDirect(suffix, "example.com")) << suffix;
    EXPECT_FALSE(IsDirect(suffix, "aexample.com")) << suffix;
  }
  EXPECT_TRUE(IsDirect("*", "anything"));
  EXPECT_TRUE(IsDirect("a, *", "192.0.2.1"));
  EXPECT_FALSE(IsDirect("", "anything"));
  EXPECT_FALSE(IsDirect(",,.,*.,:80, ,[", "anything"));
}

TEST(ProxySettings, NoProxyMayNameAPort) {
  for (const std::string entry : {"example.com:4318", ".com:4318", "*.com:4318"}) {
    EXPECT_TRUE(IsDirect(entry, "example.com", 4318)) << entry;
    EXPECT_FALSE(IsDirect(entry, "example.com", 4317)) << entry;
  }
  EXPECT_TRUE(IsDirect("192.0.2.1:80", "192.0.2.1", 80));
  EXPECT_FALSE(IsDirect("192.0.2.1:80", "192.0.2.1", 8080));
  EXPECT_TRUE(IsDirect("[2001:db8::1]:80", "[2001:db8::1]", 80));
  EXPECT_FALSE(IsDirect("[2001:db8::1]:80", "[2001:db8::1]", 81));
  EXPECT_FALSE(IsDirect("example.com:x", "example.com"));
  EXPECT_FALSE(IsDirect("example.com:", "example.com"));
}

TEST(ProxySettings, NoProxyNamesAddressesAndPrefixes) {
  EXPECT_TRUE(IsDirect("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(IsDirect("192.0.2.1", "192.0.2.10"));
  EXPECT_TRUE(IsDirect("2001:DB8::1", "[2001:db8:0:0::1]"));
  EXPECT_TRUE(IsDirect("[2001:db8::1]", "2001:db8::1"));
  EXPECT_TRUE(IsDirect("10.0.0.0/8", "10.255.0.1"));
  EXPECT_TRUE(IsDirect("10.1.2.3/8", "10.255.0.1"));
  EXPECT_FALSE(IsDirect("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(IsDirect("192.0.2.128/25,x", "192.0.2.129"));
  EXPECT_FALSE(IsDirect("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(IsDirect("2001:db8::/32", "[2001:db8:ffff::1]"));
  EXPECT_FALSE(IsDirect("2001:db8::/32", "[2001:db9::1]"));
  EXPECT_TRUE(IsDirect("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(IsDirect("0.0.0.0/0", "[2001:db8::1]"));
  EXPECT_FALSE(IsDirect("::/0", "192.0.2.1"));
  EXPECT_FALSE(IsDirect("10.0.0.0/8", "10.example.com")) << "a name";
  for (const std::string wrong :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "/8", "10.0.0.0/99999999999"}) {
    EXPECT_FALSE(IsDirect(wrong, "10.0.0.1")) << wrong;
  }
}

}  // namespace
}  // namespace tcpgauge
