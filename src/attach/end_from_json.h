// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_ATTACH_END_FROM_JSON_H_
#define TCPGAUGE_SRC_ATTACH_END_FROM_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "src/json/json_scalar.h"
#include "src/naming/end_identity.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Reads what an agent's answers say of an end of a connection or of an edge. The answers are not trusted.
// Thread: any.

// The members of an endpoint, as far as they were read.
struct EndpointMembers {
  std::optional<IpAddress> address;
  uint64_t port = 0;

  void Take(std::string_view key, const JsonScalar& value);
  bool IsWhole() const { return address.has_value() && port <= UINT16_MAX; }
  // REQUIRES: IsWhole().
  Endpoint Value() const { return {*address, static_cast<uint16_t>(port)}; }
};

// Takes a member that says who is at an end. A name that does not follow IsName() becomes empty. Exception: the name of
// a process may hold any bytes, and is cut to kMaxCommBytes.
void TakeIdentity(std::string_view key, const JsonScalar& value, EndIdentity* identity);

// Returns how many bytes of AnswerBounds::kIdentitiesBytes an identity takes.
size_t BytesOf(const EndIdentity& identity);

// The members of an end of an edge, as far as they were read.
struct EdgeEndMembers {
  EndpointMembers endpoint;
  std::optional<int> prefix_bits;  // at most 128
  EndIdentity identity;

  void Take(std::string_view key, const JsonScalar& value);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_ATTACH_END_FROM_JSON_H_
