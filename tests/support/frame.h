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

// Builds a packet header by header, beginning with the outermost one:
//
//   Frame().Ethernet().Vlan(7).Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 80).Flags(kTcpSyn).Bytes()
//
// Each call appends headers, or changes the last one. The class fills in the type of the next header and all lengths.
// Checksums are zero, except that of Ipv4Checksum(). To build a wrong packet, a test overwrites fields with Set8(),
// Set16() and Set32().
//
// A plain value: a test can copy a half-built frame and finish the copies differently.
// Byte order: integer arguments are in host order. The packet has the byte order of its protocols.
// Bounds: the order of headers is not checked, so a test can build packets that do not occur.
// REQUIRES: IP addresses in arguments are valid.
class Frame {
 public:
  // Link layers.
  Frame& Ethernet();
  Frame& Ethernet8023();  // with a length instead of a type; follow with Llc() or Snap()
  Frame& Llc(uint8_t sap, uint8_t control = 3);
  Frame& Snap(uint32_t organization = 0);
  Frame& Vlan(uint16_t id, uint16_t tpid = 0x8100);
  Frame& Mpls(uint32_t label = 16);
  Frame& ControlWord();  // of a pseudowire (RFC 4385); follows Mpls()
  // `packet_type` is 0 for a packet to the host, 4 for one that the host sent.
  Frame& LinuxSll(uint16_t packet_type = 0);
  Frame& LinuxSll2(uint32_t interface, uint8_t packet_type = 0);
  // BSD loopback. `order` is the byte order of the address family. `ipv6_family` is the number of IPv6's address
  // family, which differs from one BSD to another.
  enum class Order { kBig, kLittle };
  Frame& Null(Order order = Order::kLittle, uint32_t ipv6_family = 30);
  // NFLOG. An attribute with `prefix_bytes` bytes comes before the attribute that holds the packet. `order` is the byte
  // order of the attributes' headers.
  Frame& Nflog(size_t prefix_bytes = 5, Order order = Order::kLittle);
  Frame& Pppoe(uint16_t session);
  // kFramed: begins with the HDLC address and control bytes. kPlain: without them. kCompressed: without them, and with
  // one byte for the protocol. kPppd: begins with the two bytes 00 03.
  enum class PppForm { kFramed, kPlain, kCompressed, kPppd };
  Frame& Ppp(PppForm form = PppForm::kPlain);
  Frame& CiscoHdlc();
  Frame& IpOverInfiniband(size_t prefix_bytes = 0);  // with `prefix_bytes` zeros before the header
  // IEEE 802.11. The class adds the fields that `type` and `flags` ask for. Follow with Snap() or WifiSubframe().
  struct WifiOptions {
    uint8_t type = 0x08;   // first byte of the frame control field; 0x80 adds the QoS control field
    uint8_t flags = 0x01;  // second byte; 0x03 adds a fourth address; with QoS control, 0x80 adds HT control
    uint16_t service = 0;  // the value of the QoS control field
    size_t pad_bytes = 0;  // zeros after the header
    bool swapped = false;  // writes the two bytes of the frame control field in the wrong order
  };
  Frame& Wifi() { return Wifi(WifiOptions()); }
  Frame& Wifi(const WifiOptions& options);
  Frame& WifiSubframe();  // of an aggregated frame (A-MSDU)
  // `flags` is the value of radiotap's field Flags. `with_time` adds the field TSFT before Flags. `more_present_words`
  // adds empty words to the bitmap of present fields.
  Frame& Radiotap(uint8_t flags = 0, bool with_time = false, int more_present_words = 0);

  // Tags of Ethernet other than VLANs.
  Frame& ServiceTag(uint32_t service);  // IEEE 802.1ah
  Frame& VnTag();
  Frame& ETag();
  Frame& FabricPath();
  // IEEE 802.1AE. `control` is the TCI and AN byte; 0x20 adds the secure channel identifier. `short_length` writes the
  // length of the secured data into the short length field, which is 0 otherwise.
  Frame& Macsec(uint8_t control = 0, bool short_length = false);

  // Internet layer. `option_bytes` must be a multiple of 4, `offset_bytes` and `length_bytes` multiples of 8. `more`
  // sets the flag "more fragments". If no header follows, the protocol is 253, which is reserved for experiments.
  Frame& Ipv4(std::string_view source = "10.0.0.1", std::string_view destination = "10.0.0.2", size_t option_bytes = 0);
  Frame& Ipv6(std::string_view source = "2001:db8::1", std::string_view destination = "2001:db8::2");
  Frame& Ipv4Checksum();  // right after Ipv4(): writes the right checksum into that header
  Frame& Ipv4Fragment(uint16_t offset_bytes, bool more, uint16_t id = 77);  // right after Ipv4(): makes it a fragment
  Frame& Ipv6Fragment(uint16_t offset_bytes, bool more, uint32_t id = 77);
  Frame& Ipv6Extension(uint8_t number, size_t length_bytes = 8);  // `number` is the header's protocol number
  Frame& AuthenticationHeader();
  Frame& JumboOption(uint32_t payload_bytes);  // a hop-by-hop header with the jumbo payload option (RFC 2675)
  Frame& Icmp();

  // Tunnels. Vxlan(), VxlanGpe(), Geneve(), GtpU(), Teredo() and Ayiya() write their UDP header too. Before
  // GtpHeader(), Gue(), L2tp2(), L2tp3() and Capwap(), the test calls Udp().
  // `network` is the network identifier (VNI), `endpoint` the tunnel endpoint identifier (TEID), and `extensions` the
  // number of extension headers. `option_bytes` must be a multiple of 4.
  struct GreOptions {
    bool checksum = false;
    bool key = false;
    bool sequence = false;
    uint32_t key_value = 0;
  };
  Frame& Gre() { return Gre(GreOptions()); }
  Frame& Gre(const GreOptions& options);
  Frame& Pptp();  // GRE version 1
  Frame& Erspan1();
  Frame& Erspan2(uint16_t session);
  Frame& Erspan3(uint16_t session, bool platform_header = false);
  Frame& Wccp(bool with_redirect_header);
  Frame& Vxlan(uint32_t network, uint16_t destination_port = 4789, uint16_t source_port = 50000);
  Frame& VxlanGpe(uint32_t network);
  Frame& Geneve(uint32_t network, size_t option_bytes = 0);
  Frame& GtpU(uint32_t endpoint, int extensions = 0, bool sequence = false);
  Frame& GtpHeader(uint32_t endpoint, int extensions = 0,
                   bool sequence = false);  // like GtpU(), without its UDP header
  Frame& Teredo(bool authentication = false, bool origin = false);
  Frame& Ayiya(uint8_t next_header = 41, uint8_t operation = 1);
  Frame& EtherIp();
  Frame& Nsh(size_t metadata_bytes = 16);
  Frame& Gue(uint8_t protocol, size_t option_bytes = 0);
  Frame& L2tp2(uint16_t flags);  // with the optional fields that `flags` ask for
  Frame& L2tp3(size_t cookie_and_sublayer_bytes = 0);
  Frame& L2tp3OverIp(size_t cookie_and_sublayer_bytes = 0, uint32_t session = 7);
  // `native`: the payload is an IEEE 802.11 frame. Otherwise it is an Ethernet frame. `flags` sets more bits of the
  // header's first word.
  Frame& Capwap(bool native, size_t option_bytes = 0, uint32_t flags = 0);

  // Transport.
  Frame& Udp(uint16_t source_port, uint16_t destination_port);
  Frame& Tcp(uint16_t source_port = 40000, uint16_t destination_port = 80);
  // The next six functions change the TCP header. Call them after Tcp() and before Payload().
  Frame& Sequence(uint32_t number);
  Frame& Acknowledgment(uint32_t number);
  Frame& Flags(uint8_t flags);
  Frame& Window(uint16_t window);
  Frame& Options(std::initializer_list<uint8_t> bytes);    // appends options; a multiple of 4 bytes
  Frame& Timestamps(uint32_t value, uint32_t echo_reply);  // appends the timestamps option

  Frame& Payload(size_t count);  // appends `count` bytes

  // Appends `count` bytes at the end of the packet, as an Ethernet card pads short frames. No length in a header
  // includes them.
  Frame& Padding(size_t count);

  // Overwrite an integer in network byte order, `offset` bytes after the beginning of the last header. The new value
  // also replaces a type or length that the class fills in. Bytes beyond the end of the packet are ignored.
  Frame& Set8(size_t offset, uint8_t value);
  Frame& Set16(size_t offset, uint16_t value);
  Frame& Set32(size_t offset, uint32_t value);

  // Cut the captured bytes, as a short snapshot length does. The packet itself keeps its length on the wire. CutTo()
  // leaves `count` bytes, and CutInLayer() leaves `count` bytes of the last header.
  Frame& CutTo(size_t count);
  Frame& CutInLayer(size_t count);

  // Ends the packet itself after `count` bytes of the last header. The length on the wire, and the lengths in the
  // headers, shrink too.
  Frame& EndInLayer(size_t count);

  // The captured bytes, and the length on the wire. Both include the padding.
  std::vector<uint8_t> Bytes() const;
  uint32_t wire_length_bytes() const;

 private:
  // How the last header names the next one.
  enum class Next { kNothing, kEtherType, kIpProtocol, kPppProtocol, kPppByte, kNullFamily, kMplsBottom, kGpe };
  // A header's number in each kind of field that can name it; 0 = no number.
  struct Names {
    uint16_t ether_type = 0;
    uint8_t ip_protocol = 0;
    uint16_t ppp_protocol = 0;
  };

  // frame.cc says what these three do.
  void Begin(const Names& names);
  void NameNextAt(Next kind, size_t offset_from_end);
  void LengthAt(size_t field, size_t from, int64_t plus = 0);
  void Put8(uint8_t value) { bytes_.push_back(value); }
  void Put16(uint16_t value);
  void Put24(uint32_t value);
  void Put32(uint32_t value);
  // Overwrites up to `width` bytes from `at` on with `value`, in network byte order.
  static void Write(std::vector<uint8_t>& bytes, size_t at, uint32_t value, size_t width);
  void PutZeros(size_t count) { bytes_.resize(bytes_.size() + count); }
  std::vector<uint8_t> Whole() const;  // the packet as it was on the wire

  std::vector<uint8_t> bytes_;
  std::vector<std::function<void(std::vector<uint8_t>&)>> fixes_;  // applied to the complete packet, in this order
  size_t layer_ = 0;                                               // offset of the last header in bytes_
  Next next_ = Next::kNothing;
  size_t next_field_ = 0;  // offset in bytes_ of the field that names the next header
  uint32_t null_ipv6_family_ = 0;
  Order null_order_ = Order::kLittle;
  size_t padding_ = 0;          // bytes
  size_t captured_ = SIZE_MAX;  // the most bytes that are captured
  size_t wire_ = SIZE_MAX;      // the most bytes of the packet without padding
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_FRAME_H_
