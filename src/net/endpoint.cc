// SPDX-License-Identifier: Apache-2.0
#include "src/net/endpoint.h"

#include "absl/strings/str_cat.h"

namespace tcpgauge {

std::string Endpoint::ToString() const {
  return address.is_v4() ? absl::StrCat(address.ToString(), ":", port)
                         : absl::StrCat("[", address.ToString(), "]:", port);
}

}  // namespace tcpgauge
