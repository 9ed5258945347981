// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_pool.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"
#include "tests/json/text_body.h"

namespace tcpgauge {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }

absl::StatusOr<std::shared_ptr<const IdentityMap>> Read(const std::string& text, size_t max_endpoints = 100,
                                                        size_t piece_bytes = SIZE_MAX) {
  TextBody body(text, piece_bytes);
  return ReadIdentityJson(&body, max_endpoints);
}

std::string ErrorOf(const std::string& text, size_t max_endpoints = 100) {
  const auto map = Read(text, max_endpoints);
  EXPECT_EQ(map.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(map.status().message());
}

EndIdentity Pod() {
  EndIdentity pod;
  pod.namespace_name = "shop";
  pod.workload = "checkout";
  pod.workload_kind = "Deployment";
  pod.is_guess = true;
  pod.pod = "checkout-5d8f7b6c9d-x2x4z";
  pod.container = "web";
  pod.service = "checkout-svc";
  pod.node = "node-7";
  pod.zone = "eu-1a";
  pod.comm = "a\"b\n";
  return pod;
}

EndIdentity Unit(const char* name) {
  EndIdentity unit;
  unit.workload = name;
  unit.workload_kind = "unit";
  return unit;
}

TEST(IdentityJson, IsReadAsItWasWritten) {
  IdentityPool pool;
  IdentityMap map;
  for (const char* address : {"10.42.0.7", "fd00::7"}) map.addresses[Address(address)] = pool.Get(Pod());
  map.endpoints[{Address("192.0.2.1"), 5432}] = pool.Get(Unit("postgresql@15-main.service"));
  map.wildcard_ports[22] = pool.Get(Unit("ssh.service"));
  map.shared_addresses = {Address("192.0.2.1"), Address("127.0.0.1")};
  map.local_addresses = {Address("192.0.2.1"), Address("127.0.0.1"), Address("10.42.0.7"), Address("fd00::7")};
  map.sockets_read_ns = 1764428583500000000;
  const std::string text = IdentityJson(map);

  for (const size_t piece_bytes : {size_t{1}, size_t{7}, size_t{SIZE_MAX}}) {
    const auto read = Read(text, 100, piece_bytes);
    ASSERT_TRUE(read.ok()) << read.status() << "\n" << text;
    EXPECT_EQ((*read)->addresses.size(), 2u);
    EXPECT_EQ((*read)->addresses.at(Address("10.42.0.7"))->identity, Pod());
    EXPECT_EQ((*read)->addresses.at(Address("10.42.0.7"))->identity.comm, Pod().comm);
    EXPECT_EQ((*read)->addresses.at(Address("10.42.0.7")), (*read)->addresses.at(Address("fd00::7"))) << "one identity";
    EXPECT_EQ((*read)->Find({Address("192.0.2.1"), 5432})->identity, Unit("postgresql@15-main.service"));
    EXPECT_EQ((*read)->Find({Address("127.0.0.1"), 22})->identity, Unit("ssh.service"));
    EXPECT_EQ((*read)->Find({Address("192.0.2.1"), 23}), nullptr);
    EXPECT_EQ((*read)->shared_addresses, map.shared_addresses);
    EXPECT_EQ((*read)->local_addresses, map.local_addresses);
    EXPECT_EQ((*read)->sockets_read_ns, 1764428583500000000);
    EXPECT_EQ(IdentityJson(**read), text);
  }
}

TEST(IdentityJson, HoldsOneEntryALineInTheOrderOfAddresses) {
  IdentityPool pool;
  IdentityMap map;
  for (const char* address : {"10.0.0.10", "10.0.0.9", "fd00::1"})
    map.addresses[Address(address)] = pool.Get(Unit("a"));
  for (const uint16_t port : {443, 80}) map.endpoints[{Address("10.0.0.1"), port}] = pool.Get(Unit("b"));
  map.shared_addresses = map.local_addresses = {Address("10.0.0.2"), Address("10.0.0.1")};
  EXPECT_EQ(IdentityJson(map), R"({"version":1,
"addresses":[
{"address":"10.0.0.9","workload":"a","workload_kind":"unit"},
{"address":"10.0.0.10","workload":"a","workload_kind":"unit"},
{"address":"fd00::1","workload":"a","workload_kind":"unit"}],
"sockets":[
{"address":"10.0.0.1","port":80,"workload":"b","workload_kind":"unit"},
{"address":"10.0.0.1","port":443,"workload":"b","workload_kind":"unit"}],
"ports":[],
"shared_addresses":[
"10.0.0.1",
"10.0.0.2"],
"local_addresses":[
"10.0.0.1",
"10.0.0.2"]}
)");
  EXPECT_TRUE(Read(IdentityJson(IdentityMap())).ok());
}

TEST(IdentityJson, IsShortWhenAPersonWritesIt) {
  const auto map = Read(R"({"addresses": [{"workload": "db", "address": "10.0.0.1"}], "version": 1})");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ((*map)->Find({Address("10.0.0.1"), 5432})->identity.workload, "db");
  EXPECT_EQ((*map)->sockets_read_ns, 0);
  const auto shared = Read(R"({"version": 1, "shared_addresses": ["10.0.0.1"]})");
  ASSERT_TRUE(shared.ok()) << shared.status();
  EXPECT_TRUE((*shared)->IsLocal(Address("10.0.0.1")));
  EXPECT_TRUE(Read(R"({"version": 1})").ok());
}

TEST(IdentityJson, TheErrorSaysWhereAndWhatWouldBeRight) {
  struct Case {
    const char* text;
    const char* error;
  };
  const Case kCases[] = {
      {"", "line 1: not JSON"},
      {"{\n\"version\": 1,\n}", "line 3: not JSON"},
      {"{\"version\": 1,\n\"addresses\": [\n{\"address\": \"10.0.0.1\"\n\"pod\": \"a\"}]}", "line 4: not JSON"},
      {"{\"version\": 1}\n{}", "line 2: not JSON"},
      {"[]", "line 1: the file must be an object; right would be {\"version\": 1, ...}"},
      {"7", "line 1: the file must be an object; right would be {\"version\": 1, ...}"},
      {"{}", "line 1: the version is missing; right would be \"version\": 1"},
      {"{\"version\": 2}", "line 1: the version is unknown; this program reads version 1"},
      {"{\"version\": \"1\"}", "line 1: the version is unknown; this program reads version 1"},
      {"{\"version\": 1,\n\"names\": []}",
       "line 2: 'names' is no part of a file of names; right are version, sockets_read_seconds, addresses, sockets, "
       "ports, shared_addresses and local_addresses"},
      {"{\"version\": 1, \"pods\": 1}",
       "line 1: 'pods' is no part of a file of names; right are version, sockets_read_seconds, addresses, sockets, "
       "ports, shared_addresses and local_addresses"},
      {"{\"version\": 1, \"addresses\": {}}", "line 1: addresses must be a list; right would be [...]"},
      {"{\"version\": 1, \"addresses\": [[]]}",
       "line 1: not an entry of addresses; right would be {\"address\": \"192.0.2.1\", \"workload\": \"ssh.service\"}"},
      {"{\"version\": 1, \"sockets\": [\"a\"]}",
       "line 1: not an entry of sockets; right would be {\"address\": \"192.0.2.1\", \"port\": 22, \"workload\": "
       "\"ssh.service\"}"},
      {"{\"version\": 1, \"ports\": [{}]}",
       "line 1: an entry of ports has no address and a port; right would be {\"port\": 22, \"workload\": "
       "\"ssh.service\"}"},
      {"{\"version\": 1, \"ports\": [{\"port\": 0}]}", "line 1: port is not a number from 1 to 65535"},
      {"{\"version\": 1, \"ports\": [{\"port\": 65536}]}", "line 1: port is not a number from 1 to 65535"},
      {"{\"version\": 1, \"ports\": [{\"port\": \"22\"}]}", "line 1: port is not a number from 1 to 65535"},
      {"{\"version\": 1, \"addresses\": [{\"address\": \"10.0.0\"}]}",
       "line 1: address: '10.0.0' is not an address, as in 192.0.2.1"},
      {"{\"version\": 1, \"addresses\": [{\"address\": \"10.0.0.1\", \"port\": 1, \"pod\": \"a\"}]}",
       "line 1: an entry of addresses has an address and no port; right would be {\"address\": \"192.0.2.1\", "
       "\"workload\": \"ssh.service\"}"},
      {"{\"version\": 1, \"addresses\": [{\"address\": \"10.0.0.1\", \"zone\": \"a\"}]}",
       "line 1: the entry names nobody; give it a workload, a pod or a service"},
      {"{\"version\": 1, \"addresses\": [{\"address\": \"10.0.0.1\", \"pod\": \"a b\\n\"}]}",
       "line 1: pod: 'a b\\n' is not a name of 1 to 253 letters, digits and . _ : @ -"},
      {"{\"version\": 1, \"addresses\": [{\"address\": \"10.0.0.1\", \"pod\": {}}]}",
       "line 1: 'pod' must be a text or a number; right would be {\"address\": \"192.0.2.1\", \"workload\": "
       "\"ssh.service\"}"},
      {"{\"version\": 1, \"addresses\": [{\"adress\": \"10.0.0.1\"}]}",
       "line 1: 'adress' is no part of an entry; right are address, port, namespace, workload, workload_kind, pod, "
       "container, service, node, zone and comm"},
      {"{\"version\": 1, \"addresses\": [{\"workload_kind\": \"(guess)\"}]}",
       "line 1: workload_kind: '(guess)' is not the kind of a workload, as in Deployment or Deployment(guess)"},
      {"{\"version\": 1, \"addresses\": [{\"comm\": \"\"}]}", "line 1: comm is not a text of 1 to 64 bytes"},
      {"{\"version\": 1, \"addresses\": [\n{\"address\": \"10.0.0.1\", \"pod\": \"a\"},\n{\"address\": "
       "\"::ffff:10.0.0.1\", \"pod\": \"b\"}]}",
       "line 3: an earlier entry of addresses is for the same; leave one of them out"},
      {"{\"version\": 1, \"local_addresses\": [7]}",
       "line 1: local_addresses: '' is not an address, as in \"192.0.2.1\""},
      {"{\"version\": 1, \"shared_addresses\": [[]]}",
       "line 1: not an address in shared_addresses; right would be \"192.0.2.1\""},
      {"{\"version\": 1, \"sockets_read_seconds\": -1}",
       "line 1: sockets_read_seconds is not a time; right would be seconds since 1970, as in 1764428583.5"},
  };
  for (const Case& c : kCases) EXPECT_EQ(ErrorOf(c.text), c.error) << c.text;
}

TEST(IdentityJson, ShowsNoMoreThanTheBeginningOfAWrongText) {
  const std::string error = ErrorOf(absl::StrCat("{\"", std::string(10000, 'x'), "\": 1}"));
  EXPECT_THAT(error, StartsWith("line 1: 'xxx"));
  EXPECT_LT(error.size(), 300u);
}

TEST(IdentityJson, HasBounds) {
  const auto file = [](int entries) {
    std::string text = "{\"version\": 1, \"addresses\": [";
    for (int i = 0; i < entries; ++i)
      absl::StrAppend(&text, i == 0 ? "" : ",\n", "{\"address\": \"10.0.0.", i, "\", \"pod\": \"a\"}");
    return text + "], \"sockets\": [{\"address\": \"10.0.1.1\", \"port\": 1, \"pod\": \"a\"}]}";
  };
  EXPECT_TRUE(Read(file(4), 5).ok());
  const std::string kTooMany = "entries; raise --identity.max-endpoints, or leave some out";
  EXPECT_EQ(ErrorOf(file(5), 5), "line 5: addresses, sockets and ports have more than 5 " + kTooMany);
  const std::string ports =
      R"({"version": 1, "ports": [{"port": 22, "workload": "ssh"}, {"port": 53, "workload": "dns"}]})";
  EXPECT_TRUE(Read(ports, 2).ok());
  EXPECT_EQ(ErrorOf(ports, 1), "line 1: addresses, sockets and ports have more than 1 " + kTooMany);
  EXPECT_THAT(ErrorOf("{\"version\": 1, \"addresses\": [{\"pod\": \"" + std::string(100000, 'x') + "\"}]}"),
              HasSubstr("a token of more than 16384 bytes"));
  EXPECT_THAT(ErrorOf(std::string(100000, '[')), StartsWith("line 1: "));
}

TEST(IdentityJson, NoPartOfATextIsATextButTheWhole) {
  IdentityPool pool;
  IdentityMap map;
  map.addresses[Address("10.42.0.7")] = pool.Get(Pod());
  map.wildcard_ports[22] = pool.Get(Unit("ssh.service"));
  map.local_addresses = {Address("10.42.0.7")};
  std::string text = IdentityJson(map);
  text.pop_back();  // the newline
  for (size_t length = 0; length < text.size(); ++length) EXPECT_FALSE(Read(text.substr(0, length)).ok()) << length;
}

TEST(IdentityJson, PassesOnTheErrorOfItsBody) {
  TextBody body("{\"version\": 1", SIZE_MAX, absl::UnavailableError("the disk is gone"));
  EXPECT_EQ(ReadIdentityJson(&body, 100).status(), absl::UnavailableError("the disk is gone"));
}

}  // namespace
}  // namespace tcpgauge
