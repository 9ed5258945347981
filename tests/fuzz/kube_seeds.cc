// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/kube_seeds.h"

#include <string>

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

enum Kind : uint8_t { kPods, kSlices, kServices };

Bytes Input(uint8_t piece_bytes, uint8_t kind, const std::string& text) {
  std::string input;
  for (const uint8_t byte : {piece_bytes, kind}) input += static_cast<char>(byte);
  input += text;
  return Bytes(input.begin(), input.end());
}

Bytes List(uint8_t piece_bytes, Kind kind, const std::string& items) {
  return Input(
      piece_bytes, static_cast<uint8_t>(2 * kind),
      "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"9\",\"continue\":\"x\"},\"items\":[" + items + "]}");
}

Bytes Watch(uint8_t piece_bytes, Kind kind, const std::string& lines) {
  return Input(piece_bytes, static_cast<uint8_t>(2 * kind + 1), lines);
}

std::string Event(const std::string& type, const std::string& object) {
  return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
}

constexpr char kPod[] =
    R"({"metadata":{"name":"web-5d4f8c7b9-x2x4z","namespace":"shop","uid":"u","resourceVersion":"7","labels":{)"
    R"("pod-template-hash":"5d4f8c7b9"},"ownerReferences":[{"kind":"ReplicaSet","name":"web-5d4f8c7b9",)"
    R"("controller":true}],"annotations":{"kubernetes.io/config.mirror":"0a"}},"spec":{"nodeName":"n",)"
    R"("hostNetwork":false},"status":{"phase":"Running","podIP":"10.1.0.1","podIPs":[{"ip":"10.1.0.1"},{"ip":"::1"}]}})";
constexpr char kSlice[] =
    R"({"metadata":{"name":"web-a","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},"endpoints":[{)"
    R"("addresses":["10.1.0.1"],"nodeName":"n","zone":"z","targetRef":{"kind":"Pod","name":"web-0","namespace":"shop"}},)"
    R"({"addresses":["10.1.0.2","::2"]}],"ports":[{"port":80},{"port":53,"protocol":"UDP"}]})";
constexpr char kService[] =
    R"({"metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"10.2.0.1","clusterIPs":["10.2.0.1","::3"],)"
    R"("ports":[{"port":80,"protocol":"TCP"},{"port":0}]}})";
constexpr char kHostile[] =
    R"({"metadata":{"name":"\u001b[31m","namespace":7,"uid":"\ud83d\ude00","labels":[[]],"ownerReferences":{"kind":null}},)"
    R"("spec":{"nodeName":{},"hostNetwork":"yes","clusterIP":"None","ports":[{"port":1e99},{"port":-1}]},"endpoints":null,)"
    R"("status":{"podIPs":[[{"ip":"10.1.0.1"}],"10.1.0.1"]}})";

}  // namespace

std::vector<Bytes> KubeSeeds() {
  const std::string end = R"({"metadata":{"resourceVersion":"8","annotations":{"k8s.io/initial-events-end":"true"}}})";
  const std::string gone = R"({"kind":"Status","message":"too old","code":410})";
  return {
      List(0, kPods, std::string(kPod) + "," + kHostile),
      List(6, kSlices, std::string(kSlice) + "," + kHostile),
      List(30, kServices, std::string(kService) + "," + kHostile),
      Watch(1, kPods, Event("ADDED", kPod) + Event("BOOKMARK", end) + Event("DELETED", kPod) + "half"),
      Watch(10, kSlices, Event("ADDED", kSlice) + "\n{}\n" + Event("MODIFIED", kHostile) + Event("ERROR", gone)),
      Watch(20, kServices, Event("ADDED", kService) + std::string(600, 'x') + "\n" + Event("BOOKMARK", end)),
  };
}

}  // namespace tcpgauge
