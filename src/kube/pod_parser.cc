// SPDX-License-Identifier: Apache-2.0
#include "src/kube/pod_parser.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "src/naming/name_rule.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kWanted[] = {
    "metadata", "metadata.annotations", "metadata.labels", "metadata.ownerReferences", "spec",
    "status",   "status.podIPs",
};

std::string Name(const JsonScalar& value) { return NameOf(value, kMaxNameBytes + 1); }

bool IsTrue(const JsonScalar& value) {
  const auto* truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth;
}

}  // namespace

void PodParser::Begin() {
  pod_ = Pod();
  owner_ = Owner();
}

bool PodParser::Wants(std::string_view path) const {
  return std::find(std::begin(kWanted), std::end(kWanted), path) != std::end(kWanted);
}

void PodParser::Take(std::string_view path, const JsonScalar& value) {
  if (path == "metadata.name") {
    pod_.name = Name(value);
  } else if (path == "metadata.namespace") {
    pod_.namespace_name = Name(value);
  } else if (path == "metadata.uid") {
    if (pod_.uid.empty()) pod_.uid = Name(value);
  } else if (path == "metadata.annotations.kubernetes.io/config.mirror") {
    if (!TextOf(value).empty()) pod_.uid = Name(value);
  } else if (path == "metadata.labels.pod-template-hash") {
    pod_.template_hash = Name(value);
  } else if (path == "metadata.ownerReferences.kind") {
    owner_.kind = Name(value);
  } else if (path == "metadata.ownerReferences.name") {
    owner_.name = Name(value);
  } else if (path == "metadata.ownerReferences.controller") {
    owner_.is_controller = IsTrue(value);
  } else if (path == "spec.nodeName") {
    pod_.node = Name(value);
  } else if (path == "spec.hostNetwork") {
    pod_.is_on_host_network = IsTrue(value);
  } else if (path == "status.phase") {
    pod_.has_ended = TextOf(value) == "Succeeded" || TextOf(value) == "Failed";
  } else if (path == "status.podIP" || path == "status.podIPs.ip") {
    AddAddress(TextOf(value));
  }
}

void PodParser::Leave(std::string_view path) {
  if (path != "metadata.ownerReferences") return;
  const Owner owner = std::exchange(owner_, Owner());
  if (!owner.is_controller) return;
  pod_.owner_kind = owner.kind;
  pod_.owner_name = owner.name;
}

void PodParser::AddAddress(std::string_view text) {
  const std::optional<IpAddress> address = IpAddress::Parse(text);
  if (!address.has_value() || pod_.addresses.size() == kMaxAddresses) return;
  const bool is_known = std::find(pod_.addresses.begin(), pod_.addresses.end(), *address) != pod_.addresses.end();
  if (!is_known) pod_.addresses.push_back(*address);  // status.podIP is the first of status.podIPs again
}

}  // namespace tcpgauge
