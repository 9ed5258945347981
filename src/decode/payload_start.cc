// SPDX-License-Identifier: Apache-2.0
#include "src/decode/payload_start.h"

#include <algorithm>
#include <cstring>

#include "src/base/wire_integers.h"

namespace tcpgauge {
namespace {

enum ContentType : uint8_t {
  kChangeCipherSpec = kFirstTlsContentType,
  kAlert = 21,
  kHandshake = 22,
  kApplicationData = kLastTlsContentType,
};

struct RecordHeader {
  uint8_t content_type;
  uint8_t major_version;
  uint8_t minor_version;
  Be16 length;
};
static_assert(sizeof(RecordHeader) == 5, "wire layout");

// The start of a handshake message (RFC 8446 section 4) and, if it is a ClientHello, the version after it.
struct HandshakeStart {
  uint8_t type;
  uint8_t length[3];
  uint8_t major_version;
};
static_assert(sizeof(HandshakeStart) == 5, "wire layout");

// A header of the PROXY protocol: version 1 is a line of text, and version 2 is binary.
struct ProxyStartV1 {
  char name[6];
};
static_assert(sizeof(ProxyStartV1) == 6, "wire layout");
struct ProxyStartV2 {
  uint8_t signature[12];
  uint8_t version_and_command;
  uint8_t family_and_protocol;
  Be16 length;  // of the rest of the header
};
static_assert(sizeof(ProxyStartV2) == 16, "wire layout");

constexpr char kNameOfProxyV1[] = {'P', 'R', 'O', 'X', 'Y', ' '};
constexpr uint8_t kSignatureOfProxyV2[] = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
constexpr size_t kMaxProxyV1Bytes = 107;  // with the end of the line

constexpr uint8_t kMajorVersion = 3;     // of SSL 3.0 and all versions of TLS
constexpr uint8_t kMinMinorVersion = 1;  // of TLS 1.0
constexpr uint8_t kMaxMinorVersion = 4;  // of TLS 1.3, which writes lower numbers
constexpr uint16_t kMaxLength = 18432;   // 2^14 + 2048, RFC 5246 section 6.2.3
constexpr uint16_t kAlertOfTls13 = 19;   // the record's length
constexpr size_t kChangeCipherSpecBytes = sizeof(RecordHeader) + 1;
constexpr uint8_t kClientHelloType = 1;

// Whether the header is possible. The minor version may be that of SSL 3.0, which only a ClientHello has.
bool IsPossible(const RecordHeader& record) {
  const uint16_t length = record.length.ToHost();
  return record.major_version == kMajorVersion && record.minor_version <= kMaxMinorVersion && length > 0 &&
         length <= kMaxLength;
}

// Returns how a handshake record begins whose header is possible. `record` begins with the header.
PayloadStart StartOfHandshake(Cursor record) {
  const auto* header = record.Read<RecordHeader>();
  const auto* type = record.Peek<uint8_t>();
  if (type == nullptr) return PayloadStart::kNotCaptured;
  const auto* start = record.Peek<HandshakeStart>();
  // Without these checks, an encrypted message could look like a ClientHello, because its bytes are random.
  const bool is_possible = start == nullptr || (start->length[0] == 0 && start->major_version == kMajorVersion);
  if (*type == kClientHelloType && is_possible) return PayloadStart::kClientHello;
  return header->minor_version < kMinMinorVersion ? PayloadStart::kOther : PayloadStart::kHandshake;
}

// Whether `payload` begins with a record that has a ClientHello.
bool IsClientHello(Cursor payload) {
  const auto* record = payload.Peek<RecordHeader>();
  return record != nullptr && record->content_type == kHandshake && IsPossible(*record) &&
         StartOfHandshake(payload) == PayloadStart::kClientHello;
}

// Whether fewer bytes than a record's header can be the start of a possible one.
bool MayBeRecord(Cursor payload) {
  const auto* major_version = payload.PeekAt<uint8_t>(1);
  const auto* minor_version = payload.PeekAt<uint8_t>(2);
  return (major_version == nullptr || *major_version == kMajorVersion) &&
         (minor_version == nullptr || *minor_version <= kMaxMinorVersion);
}

// Whether `payload` ends within a start of `start_bytes` that begins with `known`, and is the same as far as it goes.
template <typename Byte, size_t kKnownBytes>
bool EndsWithin(const Cursor& payload, const Byte (&known)[kKnownBytes], size_t start_bytes) {
  if (payload.remaining() >= start_bytes) return false;
  for (size_t i = 0; i < std::min(payload.remaining(), kKnownBytes); ++i) {
    if (*payload.PeekAt<uint8_t>(i) != static_cast<uint8_t>(known[i])) return false;
  }
  return true;
}

// Returns the length of the PROXY header of version 1 at the start of `payload`; 0 if there is none. If the end of the
// header was not captured, returns the greatest length.
size_t ProxyV1Bytes(Cursor payload) {
  const auto* start = payload.Peek<ProxyStartV1>();
  if (start == nullptr) return 0;
  if (std::memcmp(start->name, kNameOfProxyV1, sizeof(kNameOfProxyV1)) != 0) return 0;
  for (size_t i = sizeof(ProxyStartV1); i < kMaxProxyV1Bytes; ++i) {
    const auto* byte = payload.PeekAt<uint8_t>(i);
    if (byte == nullptr) return kMaxProxyV1Bytes;
    if (*byte == '\n') return i + 1;
  }
  return 0;
}

// As above, for version 2.
size_t ProxyV2Bytes(Cursor payload) {
  const auto* start = payload.Peek<ProxyStartV2>();
  if (start == nullptr) return 0;
  if (std::memcmp(start->signature, kSignatureOfProxyV2, sizeof(kSignatureOfProxyV2)) != 0) return 0;
  return sizeof(ProxyStartV2) + start->length.ToHost();
}

}  // namespace

PayloadStart StartOfTlsPayload(const Cursor& segment, size_t header_bytes) {
  Cursor payload = segment;
  payload.Skip(header_bytes);
  const auto* record = payload.Peek<RecordHeader>();
  if (record == nullptr) return MayBeRecord(payload) ? PayloadStart::kNotCaptured : PayloadStart::kOther;
  if (!IsPossible(*record)) return PayloadStart::kOther;
  if (record->content_type == kHandshake) return StartOfHandshake(payload);
  if (record->minor_version < kMinMinorVersion) return PayloadStart::kOther;
  switch (record->content_type) {
    case kChangeCipherSpec:
      if (record->length.ToHost() != 1) return PayloadStart::kOther;
      payload.Skip(kChangeCipherSpecBytes);
      return IsClientHello(payload) ? PayloadStart::kChangeCipherSpecAndClientHello : PayloadStart::kChangeCipherSpec;
    case kAlert:
      return PayloadStart::kAlert;
    case kApplicationData:
      return record->length.ToHost() == kAlertOfTls13 ? PayloadStart::kAlert : PayloadStart::kApplicationData;
  }
  return PayloadStart::kOther;
}

PayloadStart StartAfterProxyHeader(const Cursor& segment, size_t header_bytes, size_t payload_bytes) {
  Cursor payload = segment;
  payload.Skip(header_bytes);
  const bool is_cut = payload.remaining() < payload_bytes;
  if (is_cut && (EndsWithin(payload, kNameOfProxyV1, sizeof(ProxyStartV1)) ||
                 EndsWithin(payload, kSignatureOfProxyV2, sizeof(ProxyStartV2)))) {
    return PayloadStart::kNotCaptured;
  }
  const size_t proxy_bytes = std::max(ProxyV1Bytes(payload), ProxyV2Bytes(payload));
  if (proxy_bytes == 0) return PayloadStart::kOther;
  if (!payload.Skip(proxy_bytes)) return PayloadStart::kNotCaptured;
  const auto* first = payload.Peek<uint8_t>();
  if (first == nullptr && is_cut) return PayloadStart::kNotCaptured;
  if (first == nullptr || !MayBeginTls(*first)) return PayloadStart::kOther;
  return StartOfTlsPayload(payload, 0);
}

}  // namespace tcpgauge
