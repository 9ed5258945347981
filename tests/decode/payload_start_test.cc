// SPDX-License-Identifier: Apache-2.0
#include "src/decode/payload_start.h"

#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/cursor.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

PayloadStart StartOf(const Bytes& bytes) { return StartOfPayload(Cursor(bytes), /*header_bytes=*/0, bytes.size()); }
// The same for captured bytes of a payload that is longer.
PayloadStart StartOfCut(const Bytes& bytes, size_t missing = 1) {
  return StartOfPayload(Cursor(bytes), /*header_bytes=*/0, bytes.size() + missing);
}

// Returns the captured bytes of a TLS record: its header, which has this content type and `length`, and `content`.
Bytes Record(uint8_t content_type, uint16_t length, const Bytes& content = {}) {
  Bytes bytes = {content_type, 3, 3, static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)};
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}
Bytes ClientHello() { return Record(22, 512, {1, 0, 1, 252, 3, 3, 7, 7}); }

TEST(PayloadStart, TellsTheRecordsOfTlsApart) {
  EXPECT_EQ(StartOf(ClientHello()), PayloadStart::kClientHello);
  EXPECT_EQ(StartOf(Record(22, 90, {2, 0, 0, 86, 3, 3})), PayloadStart::kHandshake) << "ServerHello";
  EXPECT_EQ(StartOf(Record(22, 70, {16, 0, 0, 66, 65, 4})), PayloadStart::kHandshake) << "ClientKeyExchange";
  EXPECT_EQ(StartOf(Record(20, 1, {1})), PayloadStart::kChangeCipherSpec);
  EXPECT_EQ(StartOf(Record(20, 1, {1, 23, 3, 3, 0, 53})), PayloadStart::kChangeCipherSpec);
  EXPECT_EQ(StartOf(Record(21, 2, {1, 0})), PayloadStart::kAlert);
  EXPECT_EQ(StartOf(Record(21, 26)), PayloadStart::kAlert) << "encrypted by TLS 1.2";
  EXPECT_EQ(StartOf(Record(23, 100)), PayloadStart::kApplicationData);
  EXPECT_EQ(StartOf(Record(23, 16401)), PayloadStart::kApplicationData) << "the longest of TLS 1.3";
}

TEST(PayloadStart, FindsAClientHelloAfterAChangeCipherSpec) {
  Bytes bytes = Record(20, 1, {1});
  for (const uint8_t byte : ClientHello()) {
    EXPECT_EQ(StartOf(bytes),
              bytes.size() < 12 ? PayloadStart::kChangeCipherSpec : PayloadStart::kChangeCipherSpecAndClientHello);
    bytes.push_back(byte);
  }
  EXPECT_EQ(StartOf(bytes), PayloadStart::kChangeCipherSpecAndClientHello);
}

TEST(PayloadStart, AcceptsTheVersionsThatClientsWriteIntoAClientHello) {
  for (const uint8_t minor_version : {0, 1, 2, 3, 4}) {
    Bytes bytes = ClientHello();
    bytes[2] = minor_version;
    EXPECT_EQ(StartOf(bytes), PayloadStart::kClientHello);
  }
}

TEST(PayloadStart, TakesEncryptedHandshakesForNoClientHello) {
  EXPECT_EQ(StartOf(Record(22, 80, {1, 77, 1, 2, 3, 3})), PayloadStart::kHandshake) << "a length of megabytes";
  EXPECT_EQ(StartOf(Record(22, 80, {1, 0, 1, 2, 200, 3})), PayloadStart::kHandshake) << "an unknown version";
}

TEST(PayloadStart, TakesARecordOfTheLengthOfAnEncryptedAlertForOne) {
  EXPECT_EQ(StartOf(Record(23, 18)), PayloadStart::kApplicationData);
  EXPECT_EQ(StartOf(Record(23, 19)), PayloadStart::kAlert);
  EXPECT_EQ(StartOf(Record(23, 20)), PayloadStart::kApplicationData);
}

TEST(PayloadStart, TakesOtherProtocolsForNoTls) {
  const Bytes kOthers[] = {
      {'G', 'E', 'T', ' ', '/'},
      {'*', '1', '\r', '\n'},
      {0},
      {19, 3, 3, 0, 20},
      {24, 3, 3, 0, 20},                                        // a heartbeat, RFC 6520
      {0x80, 46, 1, 3, 1},                                      // a ClientHello of SSL 2.0
      {22, 0, 0, 0, 3},                                         // MySQL: the length 22
      {0x15, 3, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0},  // MongoDB: the lengths 789 to 791
      {0x16, 3, 0, 0, 17, 1, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0},
      {0x17, 3, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0},
      {23, 3, 5, 0, 100},
      {23, 2, 1, 0, 100},
      {23, 3, 3, 0, 0},
      {23, 3, 3, 0x48, 1},  // longer than any record
      {20, 3, 3, 0, 2, 1},
      {22, 4},
      {22, 3, 5},
  };
  for (const Bytes& bytes : kOthers) EXPECT_EQ(StartOf(bytes), PayloadStart::kOther) << int{bytes[0]};
}

TEST(PayloadStart, SaysWhenTooFewBytesWereCapturedToTell) {
  EXPECT_EQ(StartOf({}), PayloadStart::kNotCaptured);
  for (const Bytes& whole : {ClientHello(), Record(22, 70, {16}), Record(23, 100), Record(21, 2), Record(20, 1)}) {
    for (size_t count = 1; count < 5; ++count) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(count));
      EXPECT_EQ(StartOf(cut), PayloadStart::kNotCaptured) << count;
    }
  }
  EXPECT_EQ(StartOf(Record(22, 512)), PayloadStart::kNotCaptured) << "the type of the message tells";
  EXPECT_EQ(StartOf(Record(22, 512, {1})), PayloadStart::kClientHello);
}

Bytes Joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}
Bytes Text(std::string_view text) { return Bytes(text.begin(), text.end()); }
// A header of version 2 of the PROXY protocol, with so many bytes of addresses and options.
Bytes ProxyV2(uint8_t length) {
  Bytes bytes = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n', 0x21, 0x11, 0, length};
  bytes.resize(bytes.size() + length, 22);
  return bytes;
}

TEST(PayloadStart, LooksBehindAHeaderOfTheProxyProtocol) {
  const std::string longest = "PROXY TCP6 " + std::string(94, 'f') + "\r\n";
  const Bytes kHeaders[] = {Text("PROXY TCP4 192.0.2.1 192.0.2.2 50000 443\r\n"),
                            Text("PROXY UNKNOWN\r\n"),
                            Text(longest),
                            ProxyV2(0),
                            ProxyV2(12),
                            ProxyV2(200)};
  for (const Bytes& header : kHeaders) {
    EXPECT_EQ(StartOf(Joined(header, ClientHello())), PayloadStart::kClientHello) << header.size();
    EXPECT_EQ(StartOf(Joined(header, Record(23, 100))), PayloadStart::kApplicationData) << header.size();
    EXPECT_EQ(StartOf(Joined(header, {22, 3})), PayloadStart::kNotCaptured) << header.size();
    EXPECT_EQ(StartOf(Joined(header, Text("GET / HTTP/1.1\r\n"))), PayloadStart::kOther) << header.size();
    EXPECT_EQ(StartOf(header), PayloadStart::kOther) << header.size();
    const Bytes cut(header.begin(), header.end() - 1);
    EXPECT_EQ(StartOf(cut), cut.size() < 16 && header[0] != 'P' ? PayloadStart::kOther : PayloadStart::kNotCaptured);
  }
}

TEST(PayloadStart, SaysWhenTooLittleOfAProxyHeaderWasCapturedToTell) {
  for (const Bytes& header : {Text("PROXY TCP4 192.0.2.1 192.0.2.2 50000 443\r\n"), Text("PROXY UNKNOWN\r\n"),
                              ProxyV2(0), ProxyV2(12), ProxyV2(200)}) {
    const Bytes whole = Joined(header, ClientHello());
    for (size_t count = 0; count <= header.size(); ++count) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(count));
      EXPECT_EQ(StartOfCut(cut, whole.size() - count), PayloadStart::kNotCaptured) << header.size() << " " << count;
    }
    EXPECT_EQ(StartOfCut(Joined(header, {'G'})), PayloadStart::kOther);
  }
}

TEST(PayloadStart, TakesBytesThatFitNoProxyHeaderForOtherAlthoughMoreFollow) {
  for (const char* text :
       {"PO", "PUT", "PRI", "PROP", "PROXI", "\r\r", "\r\n\n", "\r\n\r\nG", "\r\n\r\nGET / HTTP/1.1\r\n"})
    EXPECT_EQ(StartOfCut(Text(text)), PayloadStart::kOther) << text;
}

TEST(PayloadStart, TakesWhatLooksLikeAProxyHeaderForOther) {
  EXPECT_EQ(StartOf(Joined(Text("POST / HTTP/1.1\r\n"), ClientHello())), PayloadStart::kOther);
  EXPECT_EQ(StartOf(Joined(Text("PROXY " + std::string(101, 'f') + "\n"), ClientHello())), PayloadStart::kOther)
      << "a line longer than any header";
  EXPECT_EQ(StartOf(Joined(Text("\r\n\r\n"), ClientHello())), PayloadStart::kOther);
  EXPECT_EQ(StartOf(Text("P")), PayloadStart::kOther);
  EXPECT_EQ(StartOf(Text("\r")), PayloadStart::kOther);
  EXPECT_EQ(StartOf(Text("\r\n")), PayloadStart::kOther) << "an empty line, of a terminal";
}

// A recursion through the records would exhaust the stack.
TEST(PayloadStart, EndsAfterTheSecondOfManyRecords) {
  Bytes bytes;
  for (int i = 0; i < 1000000; ++i) {
    const Bytes record = Record(20, 1, {1});
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  EXPECT_EQ(StartOf(bytes), PayloadStart::kChangeCipherSpec);
}

}  // namespace
}  // namespace tcpgauge
