// SPDX-License-Identifier: Apache-2.0
#include "src/attach/end_from_json.h"

#include <algorithm>

#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"

namespace tcpgauge {
namespace {

// Returns the name, or an empty text if it may not be one.
std::string_view EndNameOf(std::string_view name) { return IsName(name) ? name : std::string_view(); }

}  // namespace

void EndpointMembers::Take(std::string_view key, const JsonScalar& value) {
  if (key == "address") {
    address = IpAddress::Parse(TextOf(value));
  } else if (key == "port") {
    port = CountOf(value);
  }
}

void TakeIdentity(std::string_view key, const JsonScalar& value, EndIdentity* identity) {
  if (key == "namespace") {
    identity->namespace_name = EndNameOf(TextOf(value));
  } else if (key == "workload") {
    identity->workload = EndNameOf(TextOf(value));
  } else if (key == "workload_kind") {
    std::string_view kind = TextOf(value);
    const size_t mark = kind.rfind(kGuessMark);
    identity->is_guess = mark != std::string_view::npos && mark + kGuessMark.size() == kind.size();
    identity->workload_kind = EndNameOf(identity->is_guess ? kind.substr(0, mark) : kind);
  } else if (key == "pod") {
    identity->pod = EndNameOf(TextOf(value));
  } else if (key == "container") {
    identity->container = EndNameOf(TextOf(value));
  } else if (key == "service_name") {
    identity->service = EndNameOf(TextOf(value));
  } else if (key == "node") {
    identity->node = EndNameOf(TextOf(value));
  } else if (key == "zone") {
    identity->zone = EndNameOf(TextOf(value));
  } else if (key == "comm") {
    identity->comm = NameOf(value, kMaxCommBytes);
  }
}

void EdgeEndMembers::Take(std::string_view key, const JsonScalar& value) {
  if (key == "prefix_length") {
    prefix_bits =
        IsNumber(value) ? std::make_optional(static_cast<int>(std::min<uint64_t>(CountOf(value), 128))) : std::nullopt;
  }
  endpoint.Take(key, value);
  TakeIdentity(key, value, &identity);
}

size_t BytesOf(const EndIdentity& identity) {
  constexpr size_t kOtherBytes = 64;
  return kOtherBytes + identity.namespace_name.size() + identity.workload.size() + identity.workload_kind.size() +
         identity.pod.size() + identity.container.size() + identity.service.size() + identity.node.size() +
         identity.zone.size() + identity.comm.size();
}

}  // namespace tcpgauge
