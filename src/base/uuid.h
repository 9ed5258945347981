// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_UUID_H_
#define TCPGAUGE_SRC_BASE_UUID_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tcpgauge {

// The bytes of a UUID, in the order in which its text shows them (RFC 9562 section 4).
using Uuid = std::array<uint8_t, 16>;

// Returns a random UUID, version 4 (RFC 9562 section 5.4), as text such as "3f2b8c1e-9d4a-4c07-8e15-6a7b0c9d2e3f".
// Thread: any.
std::string RandomUuid();

// Returns the UUID, version 5 (RFC 9562 section 5.5), of `name` in the name space `space`, as text. It is made of a
// SHA-1 of both, so equal arguments give the same UUID.
// Thread: any.
std::string NamedUuid(const Uuid& space, std::string_view name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_UUID_H_
