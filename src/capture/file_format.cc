// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_format.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tcpgauge {
namespace {

// Magic numbers of classic pcap files, in one of the two byte orders.
constexpr absl::string_view kPcapMagics[] = {"\xa1\xb2\xc3\xd4", "\xa1\xb2\x3c\x4d", "\xa1\xb2\xcd\x34"};
constexpr absl::string_view kPcapngMagic = "\x0a\x0d\x0d\x0a";

struct Compression {
  absl::string_view magic;
  absl::string_view name;
  absl::string_view unpack;         // the command that unpacks a file, without the file
  absl::string_view unpack_stream;  // the command that unpacks its standard input
};
constexpr Compression kCompressions[] = {
    {"\x1f\x8b", "gzip", "zcat", "zcat"},
    {"\x28\xb5\x2f\xfd", "zstd", "zstdcat", "zstdcat"},
    {"BZh", "bzip2", "bzcat", "bzcat"},
    {absl::string_view("\xfd\x37zXZ\x00", 6), "xz", "xzcat", "xzcat"},
    {"\x04\x22\x4d\x18", "lz4", "lz4cat", "lz4cat"},
    {"\x1f\x9d", "compress", "zcat", "zcat"},
    {"PK\x03\x04", "zip", "unzip -p", "funzip"},
};

absl::string_view AsText(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const Compression* CompressionOf(absl::string_view begin) {
  for (const Compression& compression : kCompressions) {
    if (absl::StartsWith(begin, compression.magic)) return &compression;
  }
  return nullptr;
}

std::string QuotedForShell(absl::string_view path) {
  const bool is_plain = std::all_of(path.begin(), path.end(), [](char letter) {
    return absl::ascii_isalnum(static_cast<unsigned char>(letter)) || std::strchr("_./+,:@%=-", letter) != nullptr;
  });
  const absl::string_view folder = absl::StartsWith(path, "-") ? "./" : "";  // otherwise the path looks like an option
  if (is_plain) return absl::StrCat(folder, path);
  return absl::StrCat("'", folder, absl::StrReplaceAll(path, {{"'", "'\\''"}}), "'");
}

}  // namespace

FileFormat FormatOf(absl::Span<const uint8_t> begin) {
  const absl::string_view text = AsText(begin);
  if (absl::StartsWith(text, kPcapngMagic)) return FileFormat::kPcapng;
  for (const absl::string_view magic : kPcapMagics) {
    if (absl::StartsWith(text, magic) || absl::StartsWith(text, std::string(magic.rbegin(), magic.rend())))
      return FileFormat::kPcap;
  }
  return CompressionOf(text) != nullptr ? FileFormat::kCompressed : FileFormat::kUnknown;
}

std::string AdviceForCompressed(absl::Span<const uint8_t> begin, absl::string_view path) {
  const Compression* const compression = CompressionOf(AsText(begin));
  const std::string command = path == "-" ? absl::StrCat("... | ", compression->unpack_stream)
                                          : absl::StrCat(compression->unpack, " ", QuotedForShell(path));
  return absl::StrCat("is compressed with ", compression->name, "; use: ", command, " | tcpgauge -T -");
}

}  // namespace tcpgauge
