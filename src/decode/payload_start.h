// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_PAYLOAD_START_H_
#define TCPGAUGE_SRC_DECODE_PAYLOAD_START_H_

#include <cstddef>
#include <cstdint>

#include "src/base/cursor.h"

namespace tcpgauge {

// What the first bytes of a TCP payload look like: a TLS record (RFC 8446 section 5.1, and RFC 5246 section 6.2.1 for
// TLS 1.2), or anything else. A payload that begins inside a record is nearly always kOther.
enum class PayloadStart : uint8_t {
  kNotCaptured,                     // perhaps a TLS record: the captured bytes are too few to tell
  kOther,                           // no TLS record
  kClientHello,                     // a handshake record that begins with a ClientHello
  kHandshake,                       // any other handshake record; encrypted ones (renegotiation) too
  kChangeCipherSpec,                // a ChangeCipherSpec record after which no ClientHello was captured
  kChangeCipherSpecAndClientHello,  // as a client answers a HelloRetryRequest (RFC 8446 appendix D.4)
  kAlert,                           // in TLS 1.3 too (see below)
  kApplicationData,                 // in TLS 1.3 also the encrypted part of the handshake, because its type is hidden
};

constexpr uint8_t kFirstTlsContentType = 20;
constexpr uint8_t kLastTlsContentType = 23;
constexpr bool MayBeginTls(uint8_t byte) { return byte >= kFirstTlsContentType && byte <= kLastTlsContentType; }

// The first bytes of a header of the PROXY protocol, by its version.
constexpr uint8_t kFirstOfProxyV1 = 'P';
constexpr uint8_t kFirstOfProxyV2 = '\r';

// The parts of StartOfPayload() for payloads whose first byte is a content type of TLS, or may begin a header of the
// PROXY protocol. Not inline, because fewer payloads need them.
PayloadStart StartOfTlsPayload(const Cursor& segment, size_t header_bytes);
PayloadStart StartAfterProxyHeader(const Cursor& segment, size_t header_bytes, size_t payload_bytes);

// Returns how the payload of a TCP segment begins. `segment` has the captured bytes of the segment, perhaps none of the
// payload. The payload begins after the TCP header of `header_bytes`, and has `payload_bytes` on the wire. Returns
// kNotCaptured if fewer bytes of the payload were captured than are needed to tell, and these bytes fit a TLS record.
//
// The exchanges of a connection with TLS are counted in another way. So the checks are strict, to keep other protocols
// from passing as TLS. A record must have a version of TLS and a possible length. If the first five bytes of a
// ClientHello were captured, it must have a possible length and version of its own. The version of SSL 3.0, which RFC
// 7568 forbids, is accepted only in the record of a ClientHello, because some clients write it there. In other records
// it does not count as TLS, because a MongoDB message, which begins with its length, may begin with the same bytes as
// such a record.
//
// A proxy may put a header of the PROXY protocol (haproxy.org, proxy-protocol.txt, versions 1 and 2) before the first
// bytes of its client. The result then tells what follows the header: kNotCaptured if that or the header's end was not
// captured, and kOther if the payload ends with the header. The first 6 bytes (version 1) or 16 bytes (version 2) tell
// that it is such a header. If only some of them were captured, the result is kNotCaptured. If the payload has no more
// bytes, the result is kOther, because many clients send a line's end alone, and a proxy sends its header in one piece.
//
// TLS 1.3 hides alerts in application data. A record of 19 bytes counts as an alert: two bytes for the alert, one for
// its type, and 16 for an authentication tag.
inline PayloadStart StartOfPayload(const Cursor& segment, size_t header_bytes, size_t payload_bytes) {
  const auto* first = segment.PeekAt<uint8_t>(header_bytes);
  if (first == nullptr) return PayloadStart::kNotCaptured;
  if (MayBeginTls(*first)) return StartOfTlsPayload(segment, header_bytes);
  if (*first == kFirstOfProxyV1 || *first == kFirstOfProxyV2) {
    return StartAfterProxyHeader(segment, header_bytes, payload_bytes);
  }
  return PayloadStart::kOther;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_PAYLOAD_START_H_
