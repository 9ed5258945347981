#include "exporter/gzip.h"

#include <libdeflate.h>

#include <memory>

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
  std::string compressed(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  compressed.resize(
      libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), compressed.data(), compressed.size()));
  return compressed;
}

}  // namespace tcpgauge
