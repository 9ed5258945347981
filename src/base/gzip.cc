// SPDX-License-Identifier: Apache-2.0
#include "src/base/gzip.h"

#include <libdeflate.h>

#include <cstddef>
#include <memory>
#include <string>

namespace tcpgauge {
namespace {

constexpr int kFastest = 1;

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
};

}  // namespace

std::string Gzip(std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(kFastest));
  if (compressor == nullptr) return {};
  const size_t bound = libdeflate_gzip_compress_bound(compressor.get(), bytes.size());
  // A string would clear the whole buffer. Text compresses to a tenth, and the kernel provides no memory for untouched
  // pages.
  const std::unique_ptr<char[]> compressed(new char[bound]);
  return std::string(compressed.get(),
                     libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), compressed.get(), bound));
}

}  // namespace tcpgauge
