// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ieee80211.h"

#include <utility>

#include "src/base/wire_integers.h"

namespace tcpgauge {
namespace {

struct FrameControl {
  uint8_t type;
  uint8_t flags;
};

struct FrameHeader {
  FrameControl control;
  Le16 duration;
  uint8_t address_1[6];
  uint8_t address_2[6];
  uint8_t address_3[6];
  Le16 sequence;
};

// Before each packet of an A-MSDU.
struct SubframeHeader {
  uint8_t destination[6];
  uint8_t source[6];
  Be16 length;
};

struct RadiotapHeader {
  uint8_t version;
  uint8_t padding;
  Le16 length;
};
static_assert(sizeof(FrameHeader) == 24 && sizeof(SubframeHeader) == 14 && sizeof(RadiotapHeader) == 4, "wire layout");

constexpr uint8_t kVersionAndTypeMask = 0x0f;
constexpr uint8_t kData = 0x08;
constexpr uint8_t kNoData = 0x40;  // in the subtype
constexpr uint8_t kQualityOfService = 0x80;

constexpr uint8_t kToAndFromDistribution = 0x03;
constexpr uint8_t kMoreFragments = 0x04;
constexpr uint8_t kProtected = 0x40;
constexpr uint8_t kHighThroughput = 0x80;  // "+HTC"

constexpr uint16_t kFragmentNumberMask = 0x000f;

enum class FrameControlOrder { kStandard, kSwapped };

// An A-MSDU. It is decoded if it holds a single packet.
Layer DecodeAggregate(Decoding& decoding) {
  const auto* subframe = decoding.Read<SubframeHeader>();
  if (subframe == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  // Up to three bytes of padding and a frame check sequence may follow the packet. More bytes are another packet.
  const uint32_t length_bytes = subframe->length.ToHost();
  constexpr uint32_t kPaddingAndCheckBytes = 3 + 4;
  if (decoding.wire_remaining_bytes > length_bytes + kPaddingAndCheckBytes) {
    return decoding.Fail(DecodeError::kAggregated80211);
  }
  decoding.Bound(length_bytes);
  return Layer::kLlc;
}

// `is_padded`: the header is padded to a multiple of four bytes.
Layer DecodeFrame(Decoding& decoding, FrameControlOrder order, bool is_padded) {
  constexpr uint32_t kAddressBytes = 6;
  constexpr uint32_t kHighThroughputBytes = 4;
  constexpr uint16_t kAggregate = 0x0080;
  const auto* short_header = decoding.captured.Peek<FrameControl>();
  if (short_header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  FrameControl control = *short_header;
  if (order == FrameControlOrder::kSwapped) std::swap(control.type, control.flags);
  if ((control.type & kVersionAndTypeMask) != kData || (control.type & kNoData) != 0) {
    return decoding.NotTcp(Protocol::kOther);
  }
  if ((control.flags & kProtected) != 0) return decoding.Fail(DecodeError::kEncrypted80211);
  const auto* header = decoding.Read<FrameHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  uint32_t length_bytes = sizeof(FrameHeader);
  if ((control.flags & kToAndFromDistribution) == kToAndFromDistribution) {
    if (!decoding.Skip(kAddressBytes)) return decoding.Fail(DecodeError::kTruncatedLink);
    length_bytes += kAddressBytes;
  }
  bool is_aggregate = false;
  if ((control.type & kQualityOfService) != 0) {
    const auto* service = decoding.Read<Le16>();
    if (service == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
    is_aggregate = (service->ToHost() & kAggregate) != 0;
    length_bytes += sizeof(Le16);
    if ((control.flags & kHighThroughput) != 0) {
      if (!decoding.Skip(kHighThroughputBytes)) return decoding.Fail(DecodeError::kTruncatedLink);
      length_bytes += kHighThroughputBytes;
    }
  }
  if (is_padded && !decoding.Skip((4 - length_bytes % 4) % 4)) return decoding.Fail(DecodeError::kTruncatedLink);
  // Only the first fragment (section 10.4) has the packet's headers.
  if ((header->sequence.ToHost() & kFragmentNumberMask) != 0) return decoding.NotTcp(Protocol::kOther);
  decoding.inside_fragment |= (control.flags & kMoreFragments) != 0;
  return is_aggregate ? DecodeAggregate(decoding) : Layer::kLlc;
}

}  // namespace

Layer Decode80211(Decoding& decoding) { return DecodeFrame(decoding, FrameControlOrder::kStandard, false); }

Layer DecodeSwapped80211(Decoding& decoding) { return DecodeFrame(decoding, FrameControlOrder::kSwapped, false); }

bool HasSwappedFrameControl(const Decoding& decoding) {
  const auto* control = decoding.captured.Peek<FrameControl>();
  return control != nullptr && (control->type & kVersionAndTypeMask) != kData &&
         (control->flags & kVersionAndTypeMask) == kData;
}

Layer DecodeRadiotap(Decoding& decoding) {
  constexpr uint32_t kTimePresent = 0x01;
  constexpr uint32_t kFlagsPresent = 0x02;
  constexpr uint32_t kMorePresent = 0x80000000;
  constexpr int kMaxPresentWords = 32;
  constexpr uint32_t kTimeBytes = 8;  // also its alignment
  constexpr uint8_t kPadded = 0x20;
  constexpr uint8_t kDamaged = 0x40;
  const auto* header = decoding.captured.Peek<RadiotapHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  if (header->version != 0) return decoding.NotTcp(Protocol::kOther);
  const uint32_t length_bytes = header->length.ToHost();
  uint8_t flags = 0;
  const auto* first_present = decoding.captured.PeekAt<Le32>(sizeof(RadiotapHeader));
  if (first_present != nullptr && (first_present->ToHost() & kFlagsPresent) != 0) {
    uint32_t offset = sizeof(RadiotapHeader);
    for (int i = 0; i < kMaxPresentWords; ++i) {
      const auto* present = decoding.captured.PeekAt<Le32>(offset);
      offset += sizeof(Le32);
      if (present == nullptr || (present->ToHost() & kMorePresent) == 0) break;
    }
    if ((first_present->ToHost() & kTimePresent) != 0)
      offset = (offset + kTimeBytes - 1) / kTimeBytes * kTimeBytes + kTimeBytes;
    const auto* found = decoding.captured.PeekAt<uint8_t>(offset);
    if (found != nullptr && offset < length_bytes) flags = *found;
  }
  if (length_bytes < sizeof(RadiotapHeader) + sizeof(Le32) || !decoding.Skip(length_bytes)) {
    return decoding.Fail(DecodeError::kTruncatedLink);
  }
  if ((flags & kDamaged) != 0) return decoding.Fail(DecodeError::kDamaged80211);
  return DecodeFrame(decoding, FrameControlOrder::kStandard, (flags & kPadded) != 0);
}

}  // namespace tcpgauge
