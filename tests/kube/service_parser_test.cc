// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_parser.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/kube/parse_object.h"

namespace tcpgauge {
namespace {

Service ServiceOf(const std::string& json) {
  ServiceParser parser;
  ParseObject(json, &parser);
  return parser.service();
}

TEST(ServiceParser, TakesWhatNamesNeed) {
  const Service service = ServiceOf(R"({'metadata':{'name':'web','namespace':'shop','labels':{'a':'b'}},
      'spec':{'clusterIP':'10.43.0.9','clusterIPs':['10.43.0.9','fd00::9'],'selector':{'app':'web'},
      'ports':[{'name':'http','port':80,'targetPort':8080,'nodePort':30080,'protocol':'TCP'},
      {'port':53,'protocol':'UDP'},{'port':443}]},'status':{'loadBalancer':{}}})");
  EXPECT_EQ(service.name, "web");
  EXPECT_EQ(service.namespace_name, "shop");
  ASSERT_EQ(service.cluster_ips.size(), 2u);
  EXPECT_EQ(service.cluster_ips[1].ToString(), "fd00::9");
  EXPECT_EQ(service.tcp_ports, (std::vector<uint16_t>{80, 443}));
}

TEST(ServiceParser, AHeadlessServiceHasNoAddress) {
  EXPECT_TRUE(
      ServiceOf("{'spec':{'clusterIP':'None','clusterIPs':['None'],'ports':[{'port':80}]}}").cluster_ips.empty());
  EXPECT_TRUE(ServiceOf("{'spec':{'type':'ExternalName','externalName':'db.example.com'}}").cluster_ips.empty());
}

TEST(ServiceParser, ForgetsTheFormerService) {
  ServiceParser parser;
  ParseObject("{'metadata':{'name':'a'},'spec':{'clusterIP':'10.0.0.1','ports':[{'port':1}]}}", &parser);
  ParseObject("{'metadata':{'name':'b'}}", &parser);
  EXPECT_EQ(parser.service().name, "b");
  EXPECT_TRUE(parser.service().cluster_ips.empty());
  EXPECT_TRUE(parser.service().tcp_ports.empty());
}

}  // namespace
}  // namespace tcpgauge
