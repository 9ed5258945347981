// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_FILE_FORMAT_H_
#define TCPGAUGE_SRC_CAPTURE_FILE_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tcpgauge {

// The format of a file, told by its first bytes. A plain value.
enum class FileFormat {
  kPcap,
  kPcapng,
  kCompressed,
  kUnknown,
};

// How many of a file's first bytes are enough to tell its format.
constexpr size_t kFormatBytes = 6;

// `begin` has the first kFormatBytes of the file, or fewer if the file is shorter.
FileFormat FormatOf(absl::Span<const uint8_t> begin);

// Returns advice on the compressed file `path`: "is compressed with gzip; use: zcat FILE | tcpgauge -T -", for example.
// The path is quoted for a shell if necessary. If `path` is "-" (standard input), "..." stands for the command that
// writes the file. REQUIRES: FormatOf(begin) is kCompressed.
std::string AdviceForCompressed(absl::Span<const uint8_t> begin, absl::string_view path);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_FILE_FORMAT_H_
