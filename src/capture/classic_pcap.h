// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_CLASSIC_PCAP_H_
#define TCPGAUGE_SRC_CAPTURE_CLASSIC_PCAP_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/capture/file_bytes.h"
#include "src/capture/packet_file.h"

namespace tcpgauge {

// Reads the packets of a classic pcap file (draft-ietf-opsawg-pcap) of version 2.0 to 2.4, or of version 543.0, which
// DG/UX wrote. Packet times may be in microseconds or nanoseconds. "Modified" pcap files, which have longer packet
// headers, are read too.
//
// Some tools write a snapshot length that is shorter than the packets of the file. libpcap cuts such packets. This
// class returns them whole, with Packet::exceeds_snaplen set.
//
// Thread: one thread at a time.
// Byte order: either.
// Errors: those of PacketFile, in the words of libpcap.
class ClassicPcap final : public PacketFile {
 public:
  // Reads the file header from `bytes`, which must be at the beginning of the file. Errors: kDataLoss when the header
  // is cut off, cannot be read, or states another format or version.
  static absl::StatusOr<std::unique_ptr<ClassicPcap>> Open(std::unique_ptr<FileBytes> bytes);

  bool Next(Packet* packet) override;
  const absl::Status& status() const override { return status_; }
  uint32_t first_link_type() const override { return link_type_; }

 private:
  // Which of the two lengths in a packet header comes first.
  enum class LengthOrder {
    kCapturedFirst,
    kWireFirst,
    kSmallerIsCaptured,  // version 2.3: files of both orders exist
  };

  explicit ClassicPcap(std::unique_ptr<FileBytes> bytes) : bytes_(std::move(bytes)) {}

  // Stores an error in status_ and returns false. The error is that of `bytes_` if a read failed, otherwise `what`.
  bool Fail(const std::string& what);

  const std::unique_ptr<FileBytes> bytes_;
  absl::Status status_;
  bool swapped_ = false;  // the file's byte order differs from this machine's
  LengthOrder length_order_ = LengthOrder::kCapturedFirst;
  size_t packet_header_bytes_ = 0;
  int64_t nanoseconds_per_unit_ = 0;
  uint32_t link_type_ = 0;
  uint32_t snaplen_bytes_ = 0;  // of the file; kMaxCapturedBytes if the file states none
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_CLASSIC_PCAP_H_
