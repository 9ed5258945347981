// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
#define TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

// Reads and decodes through a handle of the library, live or of a file.
// Thread: one at a time.
class PcapReader {
 public:
  PcapReader(PcapHandle handle, LinkType link_type) : handle_(std::move(handle)), link_type_(link_type) {}

  pcap_t* handle() const { return handle_.get(); }

  // Leaves out what came before.
  void BeginAt(int64_t time_ns) { begin_time_ns_ = time_ns; }

  // Of the packets that come from now on.
  LinkType link_type() const { return link_type_; }
  void SetLinkType(LinkType link_type) { link_type_ = link_type; }

  // Of this capture.
  TcpHeaderPieces* header_pieces() { return &header_pieces_; }

  // As pcap_dispatch().
  int Read(PacketBatch* batch);

 private:
  static void OnPacket(u_char* self, const pcap_pkthdr* header, const u_char* bytes);

  const PcapHandle handle_;
  LinkType link_type_;
  PacketBatch* batch_ = nullptr;
  int64_t begin_time_ns_ = 0;
  TcpHeaderPieces header_pieces_;
};

// A compiled filter.
class FilterProgram {
 public:
  // For packets of the handle.
  static absl::StatusOr<FilterProgram> Compile(pcap_t* handle, const std::string& filter);

  FilterProgram(FilterProgram&& other) noexcept : program_(std::exchange(other.program_, {})) {}
  FilterProgram& operator=(FilterProgram&&) = delete;
  ~FilterProgram() { pcap_freecode(&program_); }

  bool Matches(const pcap_pkthdr& header, const uint8_t* bytes) const {
    return pcap_offline_filter(&program_, &header, bytes) != 0;
  }

  absl::Status Set(pcap_t* handle);

 private:
  FilterProgram() = default;

  bpf_program program_ = {};
};

// An empty filter lets everything through.
absl::Status SetFilter(pcap_t* handle, const std::string& filter);

// What the handle's packets begin with. The error begins with `name`, and says what could be decoded.
absl::StatusOr<LinkType> LinkTypeOfHandle(pcap_t* handle, const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
