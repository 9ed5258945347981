// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/filter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/example_identities.h"

namespace tcpgauge {
namespace {

Endpoint At(std::string_view address, uint16_t port) { return {*IpAddress::Parse(address), port}; }

class FilterTest : public testing::Test {
 protected:
  FilterTest() {
    snapshot_.interfaces.push_back({{}, "eth0", true});
    connection_.client = At("10.1.2.3", 51234);
    connection_.server = At("192.0.2.80", 443);
    connection_.service = connection_.server;
    connection_.state = ConnectionState::kEstablished;
  }

  bool Matches(std::string_view text) {
    const absl::StatusOr<Filter> filter = Filter::Parse(text);
    EXPECT_TRUE(filter.ok()) << filter.status();
    return filter.ok() && filter->Matches(connection_, snapshot_);
  }
  bool MatchesUnfinished(std::string_view text) {
    return Filter::ParseUnfinished(text).Matches(connection_, snapshot_);
  }

  Snapshot snapshot_;
  ConnectionSummary connection_;
};

TEST_F(FilterTest, NothingMatchesEverything) {
  EXPECT_TRUE(Matches(""));
  EXPECT_TRUE(Matches("   "));
  EXPECT_TRUE(Filter().empty());
}

TEST_F(FilterTest, PortsAreThoseOfEitherEnd) {
  EXPECT_TRUE(Matches("port:443"));
  EXPECT_TRUE(Matches("port:51234"));
  EXPECT_FALSE(Matches("port:44"));
  EXPECT_TRUE(Matches("port:400-500"));
  EXPECT_FALSE(Matches("port:444-500"));
}

TEST_F(FilterTest, HostsAreAddressesAndPrefixes) {
  EXPECT_TRUE(Matches("host:10.1.2.3"));
  EXPECT_FALSE(Matches("host:10.1.2.30"));
  EXPECT_TRUE(Matches("host:10.0.0.0/8"));
  EXPECT_TRUE(Matches("host:10.9.9.9/8"));
  EXPECT_FALSE(Matches("host:11.0.0.0/8"));
  EXPECT_TRUE(Matches("client:10.0.0.0/8"));
  EXPECT_FALSE(Matches("server:10.0.0.0/8"));
  EXPECT_TRUE(Matches("host:0.0.0.0/0"));
  EXPECT_FALSE(Matches("host:::/0")) << "an IPv6 prefix matches no IPv4 address";
  connection_.client = At("2001:db8::1", 51234);
  EXPECT_TRUE(Matches("host:2001:db8::/32"));
  EXPECT_FALSE(Matches("host:2001:db9::/32"));
}

TEST_F(FilterTest, AServiceIsWhatTheClientAddressed) {
  connection_.service = At("10.96.0.10", 80);
  for (const char* matching :
       {"service:10.96.0.10", "service:10.96.0.10:80", "service:10.96.0.0/16", "SERVICE:10.96.255.1/16",
        "service:10.96.0.0/16:80", "service:0.0.0.0/0", "!service:10.96.0.11", "!service:10.96.0.10:443"}) {
    EXPECT_TRUE(Matches(matching)) << matching;
  }
  for (const char* other : {"service:10.96.0.11", "service:10.96.0.10:443", "service:10.97.0.0/16",
                            "service:10.96.0.0/16:8080", "service:192.0.2.80", "service:192.0.2.80:443",
                            "service:10.1.2.3", "service:::/0", "host:10.96.0.10", "server:10.96.0.10"}) {
    EXPECT_FALSE(Matches(other)) << other;
  }
}

TEST_F(FilterTest, WithoutATranslationTheServiceIsTheServer) {
  EXPECT_TRUE(Matches("service:192.0.2.80"));
  EXPECT_TRUE(Matches("service:192.0.2.80:443"));
  EXPECT_TRUE(Matches("service:192.0.2.0/24"));
  EXPECT_FALSE(Matches("service:192.0.2.80:80"));
}

TEST_F(FilterTest, ServicesOfIpv6MayBeInBrackets) {
  connection_.service = At("2001:db8::a", 80);
  for (const char* matching :
       {"service:2001:db8::a", "service:[2001:db8::a]", "service:[2001:DB8::A]:80", "service:2001:db8::/32",
        "service:[2001:db8::/32]", "service:[2001:db8::/32]:80", "service:::/0", "service:[::/0]:80"}) {
    EXPECT_TRUE(Matches(matching)) << matching;
  }
  for (const char* other : {"service:2001:db8::b", "service:[2001:db8::b]", "service:[2001:db8::a]:443",
                            "service:2001:db9::/32", "service:2001:db8::a:80", "service:0.0.0.0/0"}) {
    EXPECT_FALSE(Matches(other)) << other;
  }
}

TEST_F(FilterTest, AWrongServiceIsNamedWithWhatWouldBeRight) {
  for (const char* wrong :
       {"service:", "service:web", "service:web:80", "service:10.96.", "service:10.96.0.10:", "service:10.96.0.10:http",
        "service:10.96.0.10:65536", "service:10.96.0.10:80:90", "service:[2001:db8::a", "service:[2001:db8::a]80",
        "service:[2001:db8::a]:", "service:[", "service:[]", "service:[]:80", "service::80"}) {
    EXPECT_EQ(Filter::Parse(wrong).status(),
              absl::InvalidArgumentError(std::string("filter: \"") + wrong +
                                         "\": a service is an address or a prefix, with or without a port, such as "
                                         "10.96.0.10:443 or [2001:db8::1]:443"));
  }
  for (const char* wrong : {"service:10.96.0.0/33", "service:10.96.0.0/:80", "service:[2001:db8::/129]"}) {
    EXPECT_EQ(Filter::Parse(wrong).status(),
              absl::InvalidArgumentError(std::string("filter: \"") + wrong +
                                         "\": a prefix has 0 to 32 bits, or 0 to 128 for IPv6"));
  }
}

TEST_F(FilterTest, AServiceCountsWhileItIsTyped) {
  connection_.service = At("10.96.0.10", 80);
  for (const char* typed : {"service:", "service:1", "service:10.96.", "service:10.96.0.10",
                            "service:10.96.0.10:", "service:10.96.0.10:80", "service:10.96.0.10/", "service:["}) {
    EXPECT_TRUE(MatchesUnfinished(typed)) << typed;
  }
  for (const char* typed : {"service:192.", "service:10.1.", "service:10.96.0.10:8", "service:[2001:"}) {
    EXPECT_FALSE(MatchesUnfinished(typed)) << typed;
  }
  connection_.service = At("2001:db8::a", 80);
  for (const char* typed : {"service:2", "service:2001:", "service:2001:d", "service:2001:DB8:", "service:[2001:db8:",
                            "service:[2001:db8::a]", "service:[2001:db8::a]:", "service:[2001:db8::a]:80"}) {
    EXPECT_TRUE(MatchesUnfinished(typed)) << typed;
    EXPECT_TRUE(Filter::ParseUnfinished(typed).ignored_terms().empty()) << typed;
  }
}

TEST_F(FilterTest, NamesAreThoseOfEitherEnd) {
  snapshot_.identities = {nullptr, ExamplePod(), ExampleUnit()};
  connection_.client_identity = 1;
  connection_.server_identity = 2;
  for (const char* matching :
       {"pod:web-5d4f8b6c5-x2x4z", "pod:X2X4", "ns:shop", "NS:Sho", "workload:web", "workload:postgres@15",
        "unit:Postgres", "unit:.service", "!pod:nginx", "!ns:web", "!unit:web", "pod:web unit:main"}) {
    EXPECT_TRUE(Matches(matching)) << matching;
  }
  for (const char* other : {"pod:shop", "pod:nginx", "pod:postgres", "ns:web", "ns:shopping", "workload:x2x4",
                            "workload:nginx", "unit:web", "unit:unit", "!pod:web", "!unit:postgres"}) {
    EXPECT_FALSE(Matches(other)) << other;
  }
  std::swap(connection_.client_identity, connection_.server_identity);
  EXPECT_TRUE(Matches("pod:web ns:shop unit:postgres"));
}

TEST_F(FilterTest, AnUnknownEndHasNoName) {
  for (const char* term : {"pod:a", "ns:a", "workload:a", "unit:a"}) {
    EXPECT_FALSE(Matches(term)) << term;
    EXPECT_TRUE(Matches(std::string("!") + term)) << term;
  }
}

TEST_F(FilterTest, AWrongNameIsNamedWithWhatWouldBeRight) {
  for (const std::string& wrong : std::vector<std::string>{"pod:", "ns:", "workload:", "unit:", "!pod:", "pod:shop/web",
                                                           "ns:a,b", "unit:a*", "workload:\xc3\xa4"}) {
    EXPECT_EQ(Filter::Parse(wrong).status(),
              absl::InvalidArgumentError("filter: \"" + wrong +
                                         "\": a name, or a part of one, is 1 to 253 letters, digits and characters of "
                                         ". _ : @ -"));
  }
  EXPECT_TRUE(Filter::Parse("pod:" + std::string(253, 'a')).ok());
  EXPECT_FALSE(Filter::Parse("pod:" + std::string(254, 'a')).ok());
}

TEST_F(FilterTest, ANameCountsWhileItIsTyped) {
  snapshot_.identities = {nullptr, ExamplePod()};
  connection_.server_identity = 1;
  for (const char* typed : {"pod:", "ns:", "workload:", "unit:", "pod:w", "ns:sh", "workload:we"}) {
    EXPECT_TRUE(MatchesUnfinished(typed)) << typed;
    EXPECT_TRUE(Filter::ParseUnfinished(typed).ignored_terms().empty()) << typed;
  }
  EXPECT_FALSE(MatchesUnfinished("pod:x9"));
  EXPECT_FALSE(MatchesUnfinished("unit:w"));
  EXPECT_EQ(Filter::ParseUnfinished("pod:a/b").ignored_terms().size(), 1u);
}

TEST_F(FilterTest, TextIsAPartOfTheNamesToo) {
  snapshot_.identities = {nullptr, ExamplePod(), ExampleUnit()};
  connection_.client_identity = 1;
  connection_.server_identity = 2;
  for (const char* matching : {"shop/web-5d", "x2x4z", "NGINX", "front", "postgres@15-main.service"}) {
    EXPECT_TRUE(Matches(matching)) << matching;
  }
  EXPECT_FALSE(Matches("node7")) << "a node is no name of the end";
  EXPECT_FALSE(Matches("[2j")) << "a process chooses its own name";
}

TEST_F(FilterTest, StatesHaveBothNamesAndMayBeShortened) {
  EXPECT_TRUE(Matches("state:established"));
  EXPECT_TRUE(Matches("state:EST"));
  EXPECT_FALSE(Matches("state:reset"));
  connection_.state = ConnectionState::kSynReceived;
  EXPECT_TRUE(Matches("state:SYN|ACK-ACK"));
  EXPECT_TRUE(Matches("state:syn_received"));
  EXPECT_TRUE(Matches("state:syn"));
}

TEST_F(FilterTest, TextIsAPartOfWhatIsShown) {
  EXPECT_TRUE(Matches("10.1.2.3:51"));
  EXPECT_TRUE(Matches(".80:443"));
  EXPECT_TRUE(Matches("ESTABL"));
  EXPECT_TRUE(Matches("eth0"));
  EXPECT_FALSE(Matches("eth1"));
  connection_.client = At("2001:db8::1", 51234);
  EXPECT_TRUE(Matches("2001:DB8"));
}

TEST_F(FilterTest, TextIsLookedForInNames) {
  const auto name_of = [this](const IpAddress& address) -> std::string {
    return address == connection_.server.address ? "www.Example.org" : "";
  };
  EXPECT_TRUE(Filter::ParseUnfinished("example").Matches(connection_, snapshot_, name_of));
  EXPECT_FALSE(Filter::ParseUnfinished("example").Matches(connection_, snapshot_));
}

TEST_F(FilterTest, AllTermsMustHold) {
  EXPECT_TRUE(Matches("port:443  host:10.0.0.0/8"));
  EXPECT_FALSE(Matches("port:443 host:11.0.0.0/8"));
}

TEST_F(FilterTest, AnExclamationMarkReverses) {
  EXPECT_FALSE(Matches("!port:443"));
  EXPECT_TRUE(Matches("!port:80 !state:reset"));
}

TEST_F(FilterTest, InterfacesAreFoundByAPartOfTheirName) {
  EXPECT_TRUE(Matches("interface:eth"));
  EXPECT_FALSE(Matches("interface:wlan"));
  connection_.interface = 7;
  EXPECT_FALSE(Matches("interface:eth")) << "an index beyond the snapshot's interfaces";
}

TEST_F(FilterTest, AKeyNeedsAValueOnceItIsTyped) {
  for (const std::string key :
       {"port", "host", "client", "server", "service", "state", "interface", "pod", "ns", "workload", "unit"}) {
    for (const std::string& term : {key + ":", "!" + key + ":"}) {
      const absl::Status status = Filter::Parse(term).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << term;
      EXPECT_EQ(std::string(status.message()).rfind("filter: \"" + term + "\": a", 0), 0u) << status;
      for (const uint32_t interface : {0, 7}) {  // the second is beyond the snapshot's interfaces
        connection_.interface = interface;
        EXPECT_TRUE(MatchesUnfinished(term)) << term;
      }
      EXPECT_TRUE(Filter::ParseUnfinished(term).empty()) << term;
      EXPECT_TRUE(Filter::ParseUnfinished(term).ignored_terms().empty()) << term;
    }
  }
  EXPECT_EQ(Filter::Parse("interface:").status().message(),
            "filter: \"interface:\": an interface is a name, or a part of one, such as eth0");
}

TEST_F(FilterTest, WrongTermsAreNamed) {
  for (const char* wrong : {"port:", "port:http", "port:65536", "port:9-8", "port:-1", "port:1-", "host:", "host:10.0.",
                            "host:10.0.0.0/33", "host:10.0.0.0/", "host:::/129", "state:", "state:open", "!"}) {
    const absl::StatusOr<Filter> filter = Filter::Parse(std::string("eth0 ") + wrong);
    ASSERT_FALSE(filter.ok()) << wrong;
    EXPECT_EQ(filter.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(filter.status().ToString().find(std::string("\"") + wrong + "\""), std::string::npos) << filter.status();
  }
}

// `count` terms that match. Each `@` in `term` becomes the number of the term.
std::string Terms(size_t count, const std::string& term) {
  std::string terms;
  for (size_t i = 0; i < count; ++i) {
    for (const char c : term) terms += c == '@' ? std::to_string(i) : std::string(1, c);
    terms += ' ';
  }
  return terms;
}

constexpr const char* kKindsOfTerms[] = {"!z",
                                         "443",
                                         "!x@",
                                         "port:443",
                                         "!port:@",
                                         "host:10.0.0.0/8",
                                         "!server:198.51.100.@",
                                         "state:est",
                                         "!service:198.51.100.@:80",
                                         "!interface:wlan@"};

TEST_F(FilterTest, HasSixtyFourTermsOfAnyKind) {
  for (const char* term : kKindsOfTerms) EXPECT_TRUE(Matches(Terms(64, term))) << term;
}

TEST_F(FilterTest, MoreTermsAreRefusedAndTheirBoundIsNamed) {
  for (const char* term : kKindsOfTerms) {
    for (const size_t count : {65, 1000, 10500}) {
      EXPECT_EQ(Filter::Parse(Terms(count, term)).status(),
                absl::InvalidArgumentError("filter: too many terms; use at most 64"))
          << term;
    }
  }
}

TEST_F(FilterTest, ATermThatIsTooLongIsRefusedAndItsBoundIsNamed) {
  EXPECT_TRUE(Matches("!" + std::string(511, 'z')));
  for (const std::string& term :
       {std::string(513, 'z'), "!" + std::string(30000, '1'), "interface:" + std::string(503, 'e'),
        "port:" + std::string(600, '0'), "host:" + std::string(600, ':')}) {
    EXPECT_EQ(
        Filter::Parse("eth0 " + term).status(),
        absl::InvalidArgumentError("filter: a term has " + std::to_string(term.size()) + " bytes; use at most 512"));
  }
}

TEST_F(FilterTest, BlanksAreNoTerms) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += "443" + std::string(400, ' ');
  EXPECT_TRUE(Matches(text));
}

TEST_F(FilterTest, WhileTypedTheTermsBeyondABoundAreLeftOut) {
  const std::string too_long(513, 'z');
  const Filter filter = Filter::ParseUnfinished(too_long + " " + Terms(64, "443") + "!443 port:");
  EXPECT_TRUE(filter.Matches(connection_, snapshot_));
  EXPECT_EQ(filter.ignored_terms(), (std::vector<std::string>{too_long, "!443"}));
}

TEST_F(FilterTest, ANameIsAskedForOnceHoweverManyTermsThereAre) {
  std::vector<IpAddress> asked;
  const auto name_of = [&asked](const IpAddress& address) {
    asked.push_back(address);
    return std::string("host");
  };
  EXPECT_TRUE(Filter::Parse(Terms(64, "!z@"))->Matches(connection_, snapshot_, name_of));
  EXPECT_EQ(asked, (std::vector<IpAddress>{connection_.client.address, connection_.server.address}));
}

TEST_F(FilterTest, NoTermMatchesAPartOfTwoTexts) {
  snapshot_.interfaces[0].name = "established";
  EXPECT_FALSE(Matches("51234192"));
  EXPECT_FALSE(Matches("443established"));
  EXPECT_FALSE(Matches("establishedestablished"));
  EXPECT_FALSE(MatchesUnfinished("host:10.1.2.3:51234"));
  EXPECT_TRUE(MatchesUnfinished("host:192.0.2.80"));
  connection_.client = At("2001:db8::1", 51234);
  EXPECT_TRUE(MatchesUnfinished("client:2001:DB8:"));
  EXPECT_FALSE(MatchesUnfinished("client:2001:db8::1]"));
  EXPECT_FALSE(MatchesUnfinished("server:2001:db8:"));
}

TEST_F(FilterTest, WhileItIsTypedAnIncompleteTermCountsAsFarAsItGoes) {
  for (const char* typed : {"host:", "host:1", "host:10.1.", "client:10.1.2", "host:10.1.2.3/", "port:", "port:443-",
                            "state:", "state:e", "!", "interface:"}) {
    EXPECT_TRUE(MatchesUnfinished(typed)) << typed;
  }
  for (const char* typed : {"host:11.", "server:10.", "port:60000-", "state:r", "!state:e"}) {
    EXPECT_FALSE(MatchesUnfinished(typed)) << typed;
  }
}

TEST_F(FilterTest, WrongTermsAreLeftOutWhileTyped) {
  const Filter filter = Filter::ParseUnfinished("port:https host:10.0.0.0/99 port:443");
  EXPECT_TRUE(filter.Matches(connection_, snapshot_));
  EXPECT_EQ(filter.ignored_terms(), (std::vector<std::string>{"port:https", "host:10.0.0.0/99"}));
}

}  // namespace
}  // namespace tcpgauge
