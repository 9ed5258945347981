// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
#define TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "src/capture/filter_program.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/packet_source.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {

// Deleter of a libpcap handle.
struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

// Reads packets from a libpcap handle, of an interface or of a file, and decodes them.
//
// Owns the handle.
// Thread: one thread at a time.
// Units: nanoseconds of the Unix epoch. A time outside 1970 to 2116 becomes the nearer of these limits, so that
// time-outs can be added to it without overflow.
class PcapReader {
 public:
  PcapReader(PcapHandle handle, LinkType link_type);

  // Valid as long as the reader.
  pcap_t* handle() const { return handle_.get(); }

  // From now on, ignores packets with an earlier time than `time_ns`.
  void BeginAt(int64_t time_ns) { begin_time_ns_ = time_ns; }

  // From now on, ignores packets that `filter` rejects. Null passes all packets. Meant for a filter that neither
  // libpcap nor the kernel applies.
  void SetFilter(std::shared_ptr<const FilterProgram> filter) { filter_ = std::move(filter); }

  // From now on, tells the direction of each Ethernet frame by its source address: frames from `address` are kOut, and
  // all others are kIn. With nullopt, the direction of Ethernet frames is kUnknown. Does not concern other link types.
  void SetOwnAddress(const std::optional<EthernetAddress>& address) { own_address_ = address; }

  // The link type by which packets are decoded from now on.
  LinkType link_type() const { return link_type_; }
  void SetLinkType(LinkType link_type) { link_type_ = link_type; }

  // Assembles TCP headers that are spread over IP fragments. Valid as long as the reader.
  TcpHeaderPieces* header_pieces() { return &header_pieces_; }

  // Reads the packets that are available now, but at most as many as `batch` has room for. Appends them to `batch`,
  // without those that are ignored because of BeginAt() or SetFilter(). Returns the result of pcap_dispatch(): the
  // number of packets read, ignored ones included; 0 when none are available or the file has ended; or a negative
  // error, of which pcap_geterr() has the text. REQUIRES: !batch->full().
  int Read(PacketBatch* batch);

 private:
  // The direction of a frame with the captured bytes `frame`. REQUIRES: the link type is Ethernet.
  PacketDirection DirectionOf(absl::Span<const uint8_t> frame) const;
  static void OnPacket(u_char* self, const pcap_pkthdr* header, const u_char* bytes);

  const PcapHandle handle_;
  // The unit in which the handle's packet times state the fraction of a second. It is a microsecond for devices of
  // libpcap that are not packet sockets, such as netfilter's log.
  const int64_t fraction_ns_;
  LinkType link_type_;
  std::optional<EthernetAddress> own_address_;
  PacketBatch* batch_ = nullptr;
  int64_t begin_time_ns_ = 0;
  std::shared_ptr<const FilterProgram> filter_;  // null passes all packets
  TcpHeaderPieces header_pieces_;
};

// Returns libpcap's name of a link type, such as "EN10MB"; its number if libpcap has no name for it.
std::string DatalinkName(int datalink);

// Returns an error message. It says that packets of this link type cannot be decoded, and lists the link types that can
// be decoded.
std::string DescribeUndecodable(int datalink);

// Returns the link type of the handle's packets. Errors: kInvalidArgument when packets of this type cannot be decoded.
// The message begins with `name` and lists the link types that can be decoded.
absl::StatusOr<LinkType> LinkTypeOfHandle(pcap_t* handle, const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
