// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_hint.h"
#include "src/flow/key_hasher.h"

namespace tcpgauge {

// Packets on their way from a source to the table: read, decoded, not yet looked up.
class PacketBatch {
 public:
  static constexpr size_t kCapacity = 64;

  bool full() const { return size_ == kCapacity; }
  void clear() {
    size_ = 0;
    hint_count_ = 0;
    time_ns = 0;
  }
  void CopyFrom(const PacketBatch& other) {
    std::copy_n(other.packets_.begin(), other.size_, packets_.begin());
    std::copy_n(other.hints_.begin(), other.hint_count_, hints_.begin());
    size_ = other.size_;
    hint_count_ = other.hint_count_;
    time_ns = other.time_ns;
  }
  // REQUIRES: !full(). The packet holds what an earlier batch left in it.
  DecodedPacket* Add() { return &packets_[size_++]; }
  absl::Span<DecodedPacket> packets() { return absl::MakeSpan(packets_.data(), size_); }

  // Takes work off the thread of the table; see ConnectionHint.
  void MakeHints(const KeyHasher& hasher) {
    for (; hint_count_ < size_; ++hint_count_) hints_[hint_count_] = ConnectionHint::Of(packets_[hint_count_], hasher);
  }
  // Of each packet, or empty.
  absl::Span<const ConnectionHint> hints() const { return absl::MakeConstSpan(hints_.data(), hint_count_); }

  // The time that the source has come to, where it knows more than the packets tell; else 0.
  int64_t time_ns = 0;

 private:
  std::array<DecodedPacket, kCapacity> packets_;
  std::array<ConnectionHint, kCapacity> hints_;
  size_t size_ = 0;
  size_t hint_count_ = 0;
};

// Whether packets can be captured.
struct SourceCondition {
  enum class State {
    kUp,
    kDown,  // the interface is there, and passes nothing
    kGone,  // there is no such interface, or none that can be captured
  };
  State state = State::kUp;
  std::string remark;  // what else there is to say; empty = nothing
  uint32_t index = 0;  // the system's number of the interface, another when it was made anew; 0 = none

  friend bool operator==(const SourceCondition& a, const SourceCondition& b) {
    return a.state == b.state && a.remark == b.remark && a.index == b.index;
  }
};

// Where packets come from: an interface, or a file.
// Thread: confined to one worker.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  enum class ReadResult {
    kPackets,      // some, and there may be more
    kLastPackets,  // some, and no more for now
    kNone,         // for now
    kEnd,          // for ever: the file is read
  };
  // Reads and decodes what there is, at most what `batch` has room for, without waiting. An error ends the source; that
  // an interface goes away is none.
  virtual absl::StatusOr<ReadResult> Read(PacketBatch* batch) = 0;

  // Looks after the interface, and takes capture up again when it has come back. A few system calls: for a few times a
  // second.
  virtual SourceCondition Poll() { return SourceCondition(); }

  // Readable when packets are there; -1 for a source that never makes wait. May change in Poll().
  virtual int poll_fd() const = 0;

  // The interface's name, or the file's, as it was given. Stays when the interface is renamed.
  virtual const std::string& name() const = 0;

  // Whether DecodedPacket::interface tells one of several interfaces, by the operating system's index.
  virtual bool has_many_interfaces() const = 0;

  // Packets that the kernel dropped since the start, for want of room in its buffer. Never falls. A system call.
  virtual uint64_t DroppedPackets() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_
