#include "src/flow/segment_analysis.h"

#include "src/flow/sequence.h"

namespace tcpgauge {
namespace {

constexpr int64_t kNanosecondsPerMicrosecond = 1000;

// A sample that waited longer measures a lost acknowledgment or an idle peer, not the path. It also keeps the clock of
// rtt_pending_time_us, which wraps after 71 minutes, unambiguous.
constexpr uint32_t kMaxRttUs = 60 * 1000 * 1000;

uint32_t ToMicroseconds(int64_t time_ns) { return static_cast<uint32_t>(time_ns / kNanosecondsPerMicrosecond); }

void AddRttSample(uint32_t sample_us, EndRecord* end) {
  if (sample_us > kMaxRttUs) return;
  if (end->smoothed_rtt_eighth_us == 0) {
    end->smoothed_rtt_eighth_us = sample_us * 8;
  } else {
    end->smoothed_rtt_eighth_us += sample_us - end->smoothed_rtt_eighth_us / 8;
  }
  if (end->smoothed_rtt_eighth_us == 0) end->smoothed_rtt_eighth_us = 1;  // zero means "no sample"
}

// `segment` acknowledges what `other` sent.
void FinishRttSample(const DecodedPacket& segment, uint32_t now_us, EndRecord* other) {
  if (!other->has(EndRecord::kRttPending) || other->has(EndRecord::kCandidateSyn)) return;
  if (other->has(EndRecord::kRttByTimestamp)) {
    if (!segment.has_timestamps || SequenceLess(segment.timestamp_echo_reply, other->rtt_pending_value)) return;
    if (segment.timestamp_echo_reply == other->rtt_pending_value) {
      AddRttSample(now_us - other->rtt_pending_time_us, other);
    }
  } else {
    if (SequenceLess(segment.acknowledgment_number, other->rtt_pending_value)) return;
    AddRttSample(now_us - other->rtt_pending_time_us, other);
  }
  other->clear(EndRecord::kRttPending);
}

void StartRttSample(const DecodedPacket& segment, uint32_t segment_end, uint32_t now_us, EndRecord* end) {
  end->set(EndRecord::kRttPending);
  end->clear(EndRecord::kCandidateSyn);  // its sender goes on with this connection
  end->rtt_pending_time_us = now_us;
  if (segment.has_timestamps) {
    end->set(EndRecord::kRttByTimestamp);
    end->rtt_pending_value = segment.timestamp_value;
  } else {
    end->clear(EndRecord::kRttByTimestamp);
    end->rtt_pending_value = segment_end;
  }
}

}  // namespace

void AnalyzeSegment(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionRecord* record,
                    GapPool* gaps) {
  if (segment.tcp_flags & kTcpRst) return;  // its numbers follow other rules (RFC 9293 section 3.5.2)
  EndRecord& end = record->end(sender);
  EndRecord& other = record->end(OtherEnd(sender));
  const uint32_t now_us = ToMicroseconds(time_ns);
  const bool syn = segment.tcp_flags & kTcpSyn;
  const bool fin = segment.tcp_flags & kTcpFin;

  if (segment.tcp_flags & kTcpAck) {
    if (!end.has(EndRecord::kAckSeen) || SequenceLess(end.last_acknowledgment, segment.acknowledgment_number)) {
      end.last_acknowledgment = segment.acknowledgment_number;
      end.set(EndRecord::kAckSeen);
    }
    FinishRttSample(segment, now_us, &other);
  }
  if (segment.window == 0 && !syn && !fin) ++end.zero_windows;

  const uint32_t payload_begin = segment.sequence_number + syn;
  const uint32_t payload_end = payload_begin + segment.payload_length_bytes;
  const uint32_t segment_end = payload_end + fin;
  const bool occupies_sequence = segment_end != segment.sequence_number;
  if (!end.has(EndRecord::kSeen)) {
    end.set(EndRecord::kSeen);
    end.next_sequence = segment_end;
    if (occupies_sequence) StartRttSample(segment, segment_end, now_us, &end);
    return;
  }
  if (!occupies_sequence) return;
  const bool is_new = !SequenceLess(segment.sequence_number, end.next_sequence);
  if (!is_new) {
    end.clear(EndRecord::kRttPending | EndRecord::kCandidateSyn);
    if (segment.payload_length_bytes > 0 && SequenceLess(payload_begin, end.next_sequence)) {
      // Gaps lie below next_sequence; what is above it may be too far from them to compare.
      const uint32_t old_end = SequenceLess(payload_end, end.next_sequence) ? payload_end : end.next_sequence;
      if (gaps->Fill(&record->gaps, sender, payload_begin, old_end)) {
        ++end.out_of_order_segments;
      } else {
        ++end.retransmitted_segments;
      }
    }
  } else {
    if (segment.sequence_number != end.next_sequence) {
      gaps->Add(&record->gaps, sender, end.next_sequence, segment.sequence_number);
    }
    if (!end.has(EndRecord::kRttPending) || end.has(EndRecord::kCandidateSyn) ||
        now_us - end.rtt_pending_time_us > kMaxRttUs) {
      StartRttSample(segment, segment_end, now_us, &end);
    }
  }
  if (is_new || SequenceLess(end.next_sequence, segment_end)) {
    end.next_sequence = segment_end;
    if (record->gaps != GapPool::kNone) gaps->ForgetFarBelow(&record->gaps, sender, segment_end);
  }
}

}  // namespace tcpgauge
