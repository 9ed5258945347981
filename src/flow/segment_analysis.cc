// SPDX-License-Identifier: Apache-2.0
#include "src/flow/segment_analysis.h"

#include "src/flow/sequence.h"

namespace tcpgauge {
namespace {

using Timing = EndRecord::Timing;

// A longer sample measures a lost acknowledgment or an idle peer, not the path. The limit also makes differences of
// rtt_time_us unambiguous, which wraps after 71 minutes.
constexpr uint32_t kMaxRttUs = 60 * 1000 * 1000;  // EndRecord has room for eight times that

// The longest time that NoteRepetition() keeps between the first and the last repetition, 18 minutes. Otherwise
// rtt_time_us would wrap, and a stall of 71 minutes would look like a new one.
constexpr int32_t kMaxRepeatingUs = 1 << 30;

constexpr uint64_t kMaxZeroWindows = (1 << 24) - 1;  // the largest value of EndRecord's bit-field

constexpr uint32_t kMaxFlightBytes = 1u << 30;  // the largest window, RFC 7323 section 2.3

// A segment with so much payload counts as full-sized. IPv6 gives every path room for it (1280 bytes, less two headers;
// RFC 8200 section 5).
constexpr int32_t kFullSizedBytes = 1220;

// REQUIRES: sample_us <= kMaxRttUs.
void AddRttSample(uint32_t sample_us, EndRecord* end) {
  if (end->smoothed_rtt_eighth_us == 0) {
    end->smoothed_rtt_eighth_us = sample_us * 8;
  } else {
    // SRTT += (sample - SRTT) / 4. RFC 6298 uses an eighth, for senders that take a sample with every acknowledgment.
    // Here there is one sample in a round trip, so a larger factor keeps the estimate as recent as theirs.
    end->smoothed_rtt_eighth_us += sample_us * 2 - end->smoothed_rtt_eighth_us / 4;
  }
  if (end->smoothed_rtt_eighth_us == 0) end->smoothed_rtt_eighth_us = 1;  // zero means "no sample"
}

// Chooses where the next sample begins, after `segment` has ended one: at a random place in the next flight. An
// acknowledgment triggers a burst, and only the first segment of the burst waits in no queue. A sample that always
// began there would not represent the others.
void ChooseNextSample(const DecodedPacket& segment, uint32_t now_us, EndRecord* end) {
  const uint32_t flight = end->next_sequence - segment.acknowledgment_number;
  const uint32_t random = now_us * 0x9e3779b1 >> 24;  // 0 to 255
  end->rtt_sequence = end->next_sequence + static_cast<uint32_t>(uint64_t{flight} * random / 256);
}

bool IsShortSample(Timing timing) {
  return timing == Timing::kShortSample || timing == Timing::kShortSampleByTimestamp;
}

bool IsSample(Timing timing) { return timing >= Timing::kSample && timing <= Timing::kShortSampleByTimestamp; }

// Ends the sample of `other`, which `segment` acknowledges.
RttSample FinishRttSample(const DecodedPacket& segment, uint32_t now_us, EndRecord* other) {
  const Timing timing = other->timing;
  RttSample sample;
  const uint32_t duration_us = now_us - other->rtt_time_us;
  const bool by_timestamp = timing == Timing::kSampleByTimestamp || timing == Timing::kShortSampleByTimestamp;
  // An acknowledgment that echoes another timestamp answers another segment. That is an earlier one if its
  // acknowledgment was delayed, or a later one if the acknowledgment of the sampled segment was not captured.
  const bool answers_it =
      !by_timestamp || !segment.has_timestamps || segment.timestamp_echo_reply == other->rtt_timestamp;
  if (answers_it && duration_us <= kMaxRttUs) {
    sample = {duration_us, IsShortSample(timing)};
    AddRttSample(duration_us, other);
  }
  other->timing = Timing::kNone;
  ChooseNextSample(segment, now_us, other);
  return sample;
}

// Whether the acknowledgment of `segment` may be delayed, see RttSample.
bool MayBeDelayed(const DecodedPacket& segment, uint32_t segment_end, const EndRecord& other) {
  if (segment.tcp_flags & kTcpSyn) return false;
  if (!other.has(EndRecord::kAckSeen)) return segment.payload_length_bytes < kFullSizedBytes;
  // The difference is not positive if the segment was captured after its acknowledgment.
  return static_cast<int32_t>(segment_end - other.last_acknowledgment) < kFullSizedBytes;
}

void StartRttSample(const DecodedPacket& segment, uint32_t segment_end, uint32_t now_us, const EndRecord& other,
                    EndRecord* end) {
  if (MayBeDelayed(segment, segment_end, other)) {
    end->timing = segment.has_timestamps ? Timing::kShortSampleByTimestamp : Timing::kShortSample;
  } else {
    end->timing = segment.has_timestamps ? Timing::kSampleByTimestamp : Timing::kSample;
  }
  end->rtt_sequence = segment_end;
  end->rtt_time_us = now_us;
  end->rtt_timestamp = segment.timestamp_value;
}

// Whether a sample of `end` may begin with `segment`, which is new.
bool MayStartRttSample(const DecodedPacket& segment, uint32_t now_us, const EndRecord& end) {
  switch (end.timing) {
    case Timing::kNone:
      // Wait while rtt_sequence is ahead of the segment, by at most the largest window. If it is further ahead modulo
      // 2^32, the segment has passed it, or it is a value of long ago.
      return end.rtt_sequence - segment.sequence_number - 1 >= kMaxFlightBytes;
    case Timing::kSample:
    case Timing::kSampleByTimestamp:
    case Timing::kShortSample:
    case Timing::kShortSampleByTimestamp:
      return now_us - end.rtt_time_us > kMaxRttUs;
    case Timing::kRepetition:
      // The acknowledgment of the segment would wait until the loss before it is repaired. So the sample would measure
      // the repair.
      return false;
    case Timing::kCandidateSyn:
      return true;  // its sender continues this connection instead
  }
  return false;
}

// Notes that `end` has sent payload again. `old_end` follows the last byte that was sent again.
void NoteRepetition(uint32_t old_end, uint32_t now_us, const EndRecord& other, EndRecord* end) {
  if (end->timing == Timing::kRepetition) {
    const int32_t repeating_us = static_cast<int32_t>(now_us - end->rtt_time_us);
    if (repeating_us > kMaxRepeatingUs) end->rtt_time_us = now_us - kMaxRepeatingUs;
    return;
  }
  const bool is_acknowledged = !SequenceLess(other.last_acknowledgment, old_end);
  if (other.has(EndRecord::kAckSeen) && (is_acknowledged || other.window == 0)) return;
  end->timing = Timing::kRepetition;
  end->rtt_time_us = now_us;
}

}  // namespace

RttSample AnalyzeSegment(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionRecord* record,
                         GapPool* gaps) {
  RttSample sample;
  if (segment.tcp_flags & kTcpRst) return sample;  // a RST's numbers follow other rules (RFC 9293 section 3.5.2)
  EndRecord& end = record->end(sender);
  EndRecord& other = record->end(OtherEnd(sender));
  const uint32_t now_us = EndRecord::RttTime(time_ns);
  const bool syn = segment.tcp_flags & kTcpSyn;
  const bool fin = segment.tcp_flags & kTcpFin;

  if (segment.tcp_flags & kTcpAck) {
    if (!end.has(EndRecord::kAckSeen) || SequenceLess(end.last_acknowledgment, segment.acknowledgment_number)) {
      end.last_acknowledgment = segment.acknowledgment_number;
      end.set(EndRecord::kAckSeen);
      if (other.timing == Timing::kRepetition) other.timing = Timing::kNone;
    }
    if (IsSample(other.timing) && !SequenceLess(segment.acknowledgment_number, other.rtt_sequence)) {
      sample = FinishRttSample(segment, now_us, &other);
    }
  }
  if (segment.window == 0 && !syn && !fin && end.zero_windows < kMaxZeroWindows) ++end.zero_windows;
  end.window = segment.window;

  const uint32_t payload_begin = segment.sequence_number + syn;
  const uint32_t payload_end = payload_begin + segment.payload_length_bytes;
  const uint32_t segment_end = payload_end + fin;
  const bool occupies_sequence = segment_end != segment.sequence_number;
  if (!end.has(EndRecord::kSeen)) {
    end.set(EndRecord::kSeen);
    end.next_sequence = segment_end;
    if (occupies_sequence) {
      StartRttSample(segment, segment_end, now_us, other, &end);
    } else if (end.timing != Timing::kCandidateSyn) {
      end.rtt_sequence = segment_end;
    }
    return sample;
  }
  if (!occupies_sequence) return sample;
  const bool is_new = !SequenceLess(segment.sequence_number, end.next_sequence);
  if (!is_new) {
    if (end.timing == Timing::kCandidateSyn) end.rtt_sequence = end.next_sequence;
    if (end.timing != Timing::kRepetition) end.timing = Timing::kNone;
    if (segment.payload_length_bytes > 0 && SequenceLess(payload_begin, end.next_sequence)) {
      // All gaps lie below next_sequence. Numbers above it may be too far from a gap to be compared with it.
      const uint32_t old_end = SequenceLess(payload_end, end.next_sequence) ? payload_end : end.next_sequence;
      if (gaps->Fill(&record->gaps, sender, payload_begin, old_end)) {
        ++end.out_of_order_segments;
      } else {
        ++end.retransmitted_segments;
        NoteRepetition(old_end, now_us, other, &end);
      }
    }
  } else {
    if (segment.sequence_number != end.next_sequence) {
      gaps->Add(&record->gaps, sender, end.next_sequence, segment.sequence_number);
    }
    // If no acknowledgment was ever captured, new payload is the only sign of progress.
    if (end.timing == Timing::kRepetition && !other.has(EndRecord::kAckSeen)) end.timing = Timing::kNone;
    if (MayStartRttSample(segment, now_us, end)) {
      StartRttSample(segment, segment_end, now_us, other, &end);
    }
  }
  if (is_new || SequenceLess(end.next_sequence, segment_end)) {
    const uint32_t before = end.next_sequence;
    end.next_sequence = segment_end;
    if (record->gaps != GapPool::kNone) gaps->ForgetFarBelow(&record->gaps, sender, before, segment_end);
  }
  return sample;
}

}  // namespace tcpgauge
