// SPDX-License-Identifier: Apache-2.0
#include "src/kube/slice_parser.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/kube/parse_object.h"

namespace tcpgauge {
namespace {

Slice SliceOf(const std::string& json) {
  SliceParser parser;
  ParseObject(json, &parser);
  return parser.slice();
}

TEST(SliceParser, TakesWhatNamesNeed) {
  const Slice slice = SliceOf(R"({'metadata':{'name':'web-abc','namespace':'shop','labels':
      {'kubernetes.io/service-name':'web','endpointslice.kubernetes.io/managed-by':'c'}},'addressType':'IPv4',
      'endpoints':[{'addresses':['10.1.0.1','10.1.0.2'],'conditions':{'ready':true},'nodeName':'n1','zone':'z1',
      'targetRef':{'kind':'Pod','name':'web-1','namespace':'shop','uid':'u'}},
      {'addresses':['10.1.0.3'],'hints':{'forZones':[{'name':'z1'}]}}],
      'ports':[{'name':'http','port':8080,'protocol':'TCP'},{'port':53,'protocol':'UDP'},{'port':9090}]})");
  EXPECT_EQ(slice.name, "web-abc");
  EXPECT_EQ(slice.namespace_name, "shop");
  EXPECT_EQ(slice.service, "web");
  EXPECT_EQ(slice.tcp_ports, (std::vector<uint16_t>{8080, 9090}));
  ASSERT_EQ(slice.endpoints.size(), 2u);
  EXPECT_EQ(slice.endpoints[0].addresses.size(), 2u);
  EXPECT_EQ(slice.endpoints[0].pod, "web-1");
  EXPECT_EQ(slice.endpoints[0].pod_namespace, "shop");
  EXPECT_EQ(slice.endpoints[0].node, "n1");
  EXPECT_EQ(slice.endpoints[0].zone, "z1");
  EXPECT_EQ(slice.endpoints[1].addresses[0].ToString(), "10.1.0.3");
  EXPECT_EQ(slice.endpoints[1].pod + slice.endpoints[1].node, "") << "not those of the first one";
}

TEST(SliceParser, TakesIpv6AndPassesOverHostNames) {
  EXPECT_EQ(SliceOf("{'endpoints':[{'addresses':['fd00::1']}]}").endpoints[0].addresses[0].ToString(), "fd00::1");
  EXPECT_TRUE(SliceOf("{'addressType':'FQDN','endpoints':[{'addresses':['db.example.com']}]}").endpoints.empty());
}

TEST(SliceParser, NamesOnlyPods) {
  EXPECT_EQ(
      SliceOf("{'endpoints':[{'addresses':['10.0.0.1'],'targetRef':{'kind':'Node','name':'n'}}]}").endpoints[0].pod,
      "");
  EXPECT_EQ(
      SliceOf("{'endpoints':[{'targetRef':{'name':'p','kind':'Pod'},'addresses':['10.0.0.1']}]}").endpoints[0].pod,
      "p");
}

TEST(SliceParser, PassesOverPortsThatAreNone) {
  EXPECT_EQ(
      SliceOf("{'ports':[{'port':0},{'port':65536},{'port':-1},{'port':null},{'name':'all'},{'port':1}]}").tcp_ports,
      std::vector<uint16_t>{1});
  EXPECT_TRUE(SliceOf("{'ports':null,'endpoints':null}").tcp_ports.empty());
}

TEST(SliceParser, BoundsEndpointsAndPorts) {
  std::string endpoints = "{'addresses':['10.0.0.1']}", ports = "{'port':1}";
  for (int i = 0; i < 2000; ++i) endpoints += ",{'addresses':['10.0.0.1']}";
  for (int i = 0; i < 2000; ++i) ports += ",{'port':1}";
  const Slice slice = SliceOf("{'endpoints':[" + endpoints + "],'ports':[" + ports + "]}");
  EXPECT_EQ(slice.endpoints.size(), SliceParser::kMaxEndpoints);
  EXPECT_EQ(slice.tcp_ports.size(), SliceParser::kMaxPorts);
}

}  // namespace
}  // namespace tcpgauge
