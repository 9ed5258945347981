// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_FRAME_H_
#define TCPGAUGE_TESTS_SUPPORT_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace tcpgauge {

// Builds a packet header by header, outermost first:
//
//   Frame().Ethernet().Vlan(7).Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 80).Flags(kTcpSyn).Bytes()
//
// The class fills in the type of the next header and all lengths; checksums are zero. Set8(), Set16() and Set32()
// overwrite fields afterwards. A plain value: a test can copy a half-built frame and finish the copies differently.
// Byte order: integer arguments are in host order; the packet is in network order.
class Frame {
 public:
  // Link layers. Null() writes the address family in the given order.
  Frame& Ethernet();
  Frame& Ethernet8023();  // has a length instead of a type; call Llc() or Snap() next
  Frame& Llc(uint8_t sap, uint8_t control = 3);
  Frame& Snap(uint32_t organization = 0);
  Frame& Vlan(uint16_t id, uint16_t tpid = 0x8100);
  Frame& Mpls(uint32_t label = 16);
  Frame& ControlWord();
  Frame& LinuxSll();
  Frame& LinuxSll2(uint32_t interface);
  enum class Order { kBig, kLittle };
  Frame& Null(Order order = Order::kLittle, uint32_t ipv6_family = 30);
  Frame& Nflog(size_t prefix_bytes = 5);
  Frame& Pppoe(uint16_t session);
  enum class PppForm { kFramed, kPlain, kCompressed, kPppd };
  Frame& Ppp(PppForm form = PppForm::kPlain);
  Frame& CiscoHdlc();
  Frame& IpOverInfiniband(size_t prefix_bytes = 0);
  // IEEE 802.11, in the order of its header: follow with Snap(). `type` and `flags` are the frame control field.
  struct WifiOptions {
    uint8_t type = 0x08;
    uint8_t flags = 0x01;
    uint16_t service = 0;  // the field of quality of service, there when `type` says so
    size_t pad_bytes = 0;  // after the header
    bool swapped = false;
  };
  Frame& Wifi() { return Wifi(WifiOptions()); }
  Frame& Wifi(const WifiOptions& options);
  Frame& WifiSubframe();  // of an A-MSDU
  Frame& Radiotap(uint8_t flags = 0, bool with_time = false, int more_present_words = 0);

  // Tags of Ethernet other than VLANs.
  Frame& ServiceTag(uint32_t service);
  Frame& VnTag();
  Frame& ETag();
  Frame& FabricPath();
  Frame& Macsec(uint8_t control = 0, bool short_length = false);

  // Internet layer. `option_bytes` is a multiple of four.
  Frame& Ipv4(std::string_view source = "10.0.0.1", std::string_view destination = "10.0.0.2", size_t option_bytes = 0);
  Frame& Ipv6(std::string_view source = "2001:db8::1", std::string_view destination = "2001:db8::2");
  Frame& Ipv4Checksum();  // sets that of the last Ipv4(), which is zero otherwise
  Frame& Ipv4Fragment(uint16_t offset_bytes, bool more, uint16_t id = 77);  // makes the last Ipv4() a fragment
  Frame& Ipv6Fragment(uint16_t offset_bytes, bool more, uint32_t id = 77);
  Frame& Ipv6Extension(uint8_t number, size_t length_bytes = 8);
  Frame& AuthenticationHeader();
  Frame& JumboOption(uint32_t payload_bytes);  // in a hop-by-hop header
  Frame& Icmp();

  // Tunnels.
  struct GreOptions {
    bool checksum = false;
    bool key = false;
    bool sequence = false;
    uint32_t key_value = 0;
  };
  Frame& Gre() { return Gre(GreOptions()); }
  Frame& Gre(const GreOptions& options);
  Frame& Pptp();
  Frame& Erspan1();
  Frame& Erspan2(uint16_t session);
  Frame& Erspan3(uint16_t session, bool platform_header = false);
  Frame& Wccp(bool with_redirect_header);
  Frame& Vxlan(uint32_t network, uint16_t destination_port = 4789, uint16_t source_port = 50000);
  Frame& VxlanGpe(uint32_t network);
  Frame& Geneve(uint32_t network, size_t option_bytes = 0);
  Frame& GtpU(uint32_t endpoint, int extensions = 0, bool sequence = false);
  Frame& GtpHeader(uint32_t endpoint, int extensions = 0,
                   bool sequence = false);  // without the UDP header; call Udp() before
  Frame& Teredo(bool authentication = false, bool origin = false);
  Frame& Ayiya(uint8_t next_header = 41, uint8_t operation = 1);
  Frame& EtherIp();
  Frame& Nsh(size_t metadata_bytes = 16);
  Frame& Gue(uint8_t protocol, size_t option_bytes = 0);
  Frame& L2tp2(uint16_t flags);                        // with what fields the flags ask for, after an own Udp()
  Frame& L2tp3(size_t cookie_and_sublayer_bytes = 0);  // after an own Udp()
  Frame& L2tp3OverIp(size_t cookie_and_sublayer_bytes = 0, uint32_t session = 7);
  Frame& Capwap(bool native, size_t option_bytes = 0, uint32_t flags = 0);  // after an own Udp()

  // Transport.
  Frame& Udp(uint16_t source_port, uint16_t destination_port);
  Frame& Tcp(uint16_t source_port = 40000, uint16_t destination_port = 80);
  Frame& Sequence(uint32_t number);  // this and the next five change the last Tcp()
  Frame& Acknowledgment(uint32_t number);
  Frame& Flags(uint8_t flags);
  Frame& Window(uint16_t window);
  Frame& Options(std::initializer_list<uint8_t> bytes);  // right after Tcp(); a multiple of four bytes
  Frame& Timestamps(uint32_t value, uint32_t echo_reply);
  Frame& Payload(size_t count);

  // Appends bytes after the end of all datagrams, as an Ethernet card pads short frames.
  Frame& Padding(size_t count);

  // Overwrite a big-endian integer `offset` bytes into the last header.
  Frame& Set8(size_t offset, uint8_t value);
  Frame& Set16(size_t offset, uint16_t value);
  Frame& Set32(size_t offset, uint32_t value);

  // Cut what was captured to `count` bytes, or `count` bytes into the last header. The wire length stays.
  Frame& CutTo(size_t count);
  Frame& CutInLayer(size_t count);
  // Ends the packet itself `count` bytes into the last header: the wire length shrinks too.
  Frame& EndInLayer(size_t count);

  // The captured bytes.
  std::vector<uint8_t> Bytes() const;
  uint32_t wire_length_bytes() const;

 private:
  enum class Next { kNothing, kEtherType, kIpProtocol, kPppProtocol, kPppByte, kNullFamily, kMplsBottom, kGpe };
  struct Names {  // this header's number in each field that can name it; 0 = no number
    uint16_t ether_type = 0;
    uint8_t ip_protocol = 0;
    uint16_t ppp_protocol = 0;
  };

  void Begin(const Names& names);
  void NameNextAt(Next kind, size_t offset_from_end);
  void LengthAt(size_t field, size_t from, int64_t plus = 0);
  void Put8(uint8_t value) { bytes_.push_back(value); }
  void Put16(uint16_t value);
  void Put24(uint32_t value);
  void Put32(uint32_t value);
  void PutZeros(size_t count) { bytes_.resize(bytes_.size() + count); }
  std::vector<uint8_t> Whole() const;

  std::vector<uint8_t> bytes_;
  std::vector<std::function<void(std::vector<uint8_t>&)>> fixes_;  // applied to the complete packet, in this order
  size_t layer_ = 0;                                               // offset of the last header
  Next next_ = Next::kNothing;
  size_t next_field_ = 0;
  uint32_t null_ipv6_family_ = 0;
  Order null_order_ = Order::kLittle;
  size_t padding_ = 0;
  size_t captured_ = SIZE_MAX;
  size_t wire_ = SIZE_MAX;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_FRAME_H_
