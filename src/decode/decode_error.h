#ifndef TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
#define TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// Why a packet could not be decoded: a closed list, each with a name and a counter.
enum class DecodeError : uint8_t {
  kNone,
  kTruncatedLink,
  kTruncatedIp,
  kTruncatedTcp,
  kUnsupportedLinkType,
  kIpVersion,
  kIpHeaderLength,
  kIpTotalLength,
  kIpFragment,
  kTcpDataOffset,
  kTooManyVlans,
  kTooManyTunnels,
  kTooManyLayers,
};
constexpr size_t kDecodeErrorCount = 13;

// "none", "truncated_link" …: the values of the metric's label.
std::string_view DecodeErrorName(DecodeError error);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
