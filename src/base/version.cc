// SPDX-License-Identifier: Apache-2.0
#include "src/base/version.h"

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"

namespace tcpgauge {

std::string VersionText(const std::string& commit, const std::vector<LibraryVersion>& libraries) {
  std::string text = absl::StrCat("tcpgauge ", kVersion, " (commit ", commit, ")\n");
  for (const LibraryVersion& library : libraries) {
    absl::StrAppend(&text, "  ", library.name, " ", library.version, "\n");
  }
  absl::StrAppend(&text, "  abseil ", ABSL_LTS_RELEASE_VERSION, ".", ABSL_LTS_RELEASE_PATCH_LEVEL, "\n");
  return text;
}

}  // namespace tcpgauge
