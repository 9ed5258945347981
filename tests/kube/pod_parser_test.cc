// SPDX-License-Identifier: Apache-2.0
#include "src/kube/pod_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/naming/name_rule.h"
#include "tests/kube/parse_object.h"

namespace tcpgauge {
namespace {

Pod PodOf(const std::string& json) {
  PodParser parser;
  ParseObject(json, &parser);
  return parser.pod();
}

std::vector<std::string> AddressesOf(const Pod& pod) {
  std::vector<std::string> texts;
  for (const IpAddress& address : pod.addresses) texts.push_back(address.ToString());
  return texts;
}

TEST(PodParser, TakesWhatNamesNeed) {
  const Pod pod = PodOf(R"({'metadata':{'name':'web-5d4f8c7b9-x2x4z','namespace':'shop','uid':'u-1',
      'labels':{'pod-template-hash':'5d4f8c7b9','app':'web'},
      'ownerReferences':[{'kind':'Other','name':'no'},{'kind':'ReplicaSet','name':'web-5d4f8c7b9','controller':true}],
      'managedFields':[{'fieldsV1':{'f:metadata':{'f:name':{}}}}]},
      'spec':{'nodeName':'node-1','hostNetwork':false,'containers':[{'name':'c','image':'i'}]},
      'status':{'phase':'Running','podIP':'10.42.0.7','podIPs':[{'ip':'10.42.0.7'},{'ip':'fd00::7'}],'hostIP':'10.0.0.1',
      'containerStatuses':[{'name':'c','containerID':'containerd://0123'}]}})");
  EXPECT_EQ(pod.name, "web-5d4f8c7b9-x2x4z");
  EXPECT_EQ(pod.namespace_name, "shop");
  EXPECT_EQ(pod.uid, "u-1");
  EXPECT_EQ(pod.owner_kind, "ReplicaSet");
  EXPECT_EQ(pod.owner_name, "web-5d4f8c7b9");
  EXPECT_EQ(pod.template_hash, "5d4f8c7b9");
  EXPECT_EQ(pod.node, "node-1");
  EXPECT_FALSE(pod.is_on_host_network);
  EXPECT_FALSE(pod.has_ended);
  EXPECT_EQ(AddressesOf(pod), (std::vector<std::string>{"10.42.0.7", "fd00::7"}));
}

TEST(PodParser, ForgetsTheFormerPod) {
  PodParser parser;
  ParseObject(R"({'metadata':{'name':'a','ownerReferences':[{'kind':'Job','name':'j','controller':true}]},
      'spec':{'hostNetwork':true},'status':{'phase':'Failed','podIP':'10.0.0.1'}})",
              &parser);
  EXPECT_TRUE(parser.pod().has_ended);
  EXPECT_TRUE(parser.pod().is_on_host_network);
  ParseObject("{'metadata':{'name':'b'}}", &parser);
  EXPECT_EQ(parser.pod().name, "b");
  EXPECT_EQ(parser.pod().owner_kind, "");
  EXPECT_TRUE(parser.pod().addresses.empty());
  EXPECT_FALSE(parser.pod().has_ended);
  EXPECT_FALSE(parser.pod().is_on_host_network);
}

TEST(PodParser, HasNoOwnerThatDoesNotControlThePod) {
  EXPECT_EQ(PodOf("{'metadata':{'ownerReferences':[{'kind':'Job','name':'j'}]}}").owner_kind, "");
  EXPECT_EQ(PodOf("{'metadata':{'ownerReferences':[{'kind':'Job','name':'j','controller':false}]}}").owner_kind, "");
  const Pod pod = PodOf("{'metadata':{'ownerReferences':[{'controller':true,'name':'j','kind':'Job'},{'kind':'X'}]}}");
  EXPECT_EQ(pod.owner_kind + " " + pod.owner_name, "Job j");
}

TEST(PodParser, KnowsAStaticPodByTheHashOfItsFile) {
  for (const char* json : {"{'metadata':{'uid':'u','annotations':{'kubernetes.io/config.mirror':'0af3'}}}",
                           "{'metadata':{'annotations':{'kubernetes.io/config.mirror':'0af3'},'uid':'u'}}"}) {
    EXPECT_EQ(PodOf(json).uid, "0af3");
  }
  EXPECT_EQ(PodOf("{'metadata':{'uid':'u','annotations':{'kubernetes.io/config.seen':'0af3'}}}").uid, "u");
}

TEST(PodParser, HasEndedInTwoPhases) {
  for (const char* phase : {"Pending", "Running", "Unknown", ""}) {
    EXPECT_FALSE(PodOf(std::string("{'status':{'phase':'") + phase + "'}}").has_ended) << phase;
  }
  for (const char* phase : {"Succeeded", "Failed"}) {
    EXPECT_TRUE(PodOf(std::string("{'status':{'phase':'") + phase + "'}}").has_ended) << phase;
  }
}

TEST(PodParser, PassesOverWhatHasAnotherType) {
  const Pod pod = PodOf(R"({'metadata':{'name':1,'namespace':null,'labels':[],'ownerReferences':{'kind':[]}},
      'spec':{'nodeName':{},'hostNetwork':'true'},'status':{'podIP':'ten','podIPs':[{'ip':7},'x',[[]]],'phase':false}})");
  EXPECT_EQ(pod.name + pod.namespace_name + pod.node + pod.owner_kind, "");
  EXPECT_TRUE(pod.addresses.empty());
  EXPECT_FALSE(pod.is_on_host_network);
}

TEST(PodParser, ATooLongNameIsNoName) {
  EXPECT_FALSE(IsName(PodOf("{'metadata':{'name':'" + std::string(5000, 'x') + "'}}").name));
  EXPECT_LE(PodOf("{'metadata':{'name':'" + std::string(5000, 'x') + "'}}").name.size(), kMaxNameBytes + 1);
}

TEST(PodParser, BoundsTheAddresses) {
  std::string json = "{'status':{'podIPs':[{'ip':'10.1.0.0'}";
  for (int i = 1; i < 200; ++i) json += ",{'ip':'10.1.0." + std::to_string(i) + "'}";
  EXPECT_EQ(PodOf(json + "]}}").addresses.size(), PodParser::kMaxAddresses);
}

}  // namespace
}  // namespace tcpgauge
