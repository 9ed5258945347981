// SPDX-License-Identifier: Apache-2.0
#include "src/kube/slice_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/naming/name_rule.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kWanted[] = {
    "metadata", "metadata.labels", "endpoints", "endpoints.addresses", "endpoints.targetRef", "ports",
};

std::string Name(const JsonScalar& value) { return NameOf(value, kMaxNameBytes + 1); }

}  // namespace

void SliceParser::Begin() {
  slice_ = Slice();
  endpoint_.reset();
  is_pod_ = false;
  port_ = PortItem();
}

bool SliceParser::Wants(std::string_view path) const {
  return std::find(std::begin(kWanted), std::end(kWanted), path) != std::end(kWanted);
}

void SliceParser::Take(std::string_view path, const JsonScalar& value) {
  if (path == "metadata.name") {
    slice_.name = Name(value);
  } else if (path == "metadata.namespace") {
    slice_.namespace_name = Name(value);
  } else if (path == "metadata.labels.kubernetes.io/service-name") {
    slice_.service = Name(value);
  } else if (path == "ports.port") {
    port_.TakeNumber(value);
  } else if (path == "ports.protocol") {
    port_.TakeProtocol(value);
  } else if (path.substr(0, 10) == "endpoints.") {
    if (!endpoint_.has_value()) endpoint_.emplace();
    if (path == "endpoints.addresses") {
      const std::optional<IpAddress> address = IpAddress::Parse(TextOf(value));
      if (address.has_value() && endpoint_->addresses.size() < kMaxAddresses) endpoint_->addresses.push_back(*address);
    } else if (path == "endpoints.targetRef.kind") {
      is_pod_ = TextOf(value) == "Pod";
    } else if (path == "endpoints.targetRef.name") {
      endpoint_->pod = Name(value);
    } else if (path == "endpoints.targetRef.namespace") {
      endpoint_->pod_namespace = Name(value);
    } else if (path == "endpoints.nodeName") {
      endpoint_->node = Name(value);
    } else if (path == "endpoints.zone") {
      endpoint_->zone = Name(value);
    }
  }
}

void SliceParser::Leave(std::string_view path) {
  if (path == "ports") {
    const std::optional<uint16_t> port = port_.End();
    if (port.has_value() && slice_.tcp_ports.size() < kMaxPorts) {
      slice_.tcp_ports.push_back(*port);
    }
  } else if (path == "endpoints" && endpoint_.has_value()) {
    if (!is_pod_) endpoint_->pod.clear();
    if (!endpoint_->addresses.empty() && slice_.endpoints.size() < kMaxEndpoints) {
      slice_.endpoints.push_back(*std::move(endpoint_));
    }
    endpoint_.reset();
    is_pod_ = false;
  }
}

}  // namespace tcpgauge
