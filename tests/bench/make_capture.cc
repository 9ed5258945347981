// SPDX-License-Identifier: Apache-2.0
// Writes the captures that the benchmarks read. usage: make_capture KIND FILE [PACKETS]
//
// KIND is one of
//   connections   Zipf-sized connections, 100 thousand of them live at a time
//   million       over a million connections, each of a few packets, most of them live at the end
//   elephant      one connection
//   synflood      SYNs from random addresses, with 1,000 real connections among them
// or one of these with "-translated" after it: what `any` captures on a host that translates the servers' addresses.
// Each packet is captured twice, and PACKETS counts both. The same arguments write the same bytes on every machine.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

constexpr size_t kCookedBytes = 20;   // Linux cooked v2
constexpr size_t kIpBytes = 20 + 32;  // IPv4, and TCP with the timestamp option
constexpr uint32_t kEthernet = 1, kLinuxCookedV2 = 276;

enum Flag : uint8_t { kFin = 1, kSyn = 2, kPsh = 8, kAck = 16 };

// xorshift64*: small, with the same numbers on every machine.
class Random {
 public:
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>((Next() >> 32) * limit >> 32); }
  double Unit() { return static_cast<double>(Next() >> 11) / 9007199254740992.0; }

 private:
  uint64_t state_ = 0x9e3779b97f4a7c15;
};

struct Connection {
  uint32_t client_address = 0;
  uint32_t server_address = 0;
  uint16_t client_port = 0;
  uint16_t server_port = 0;
  uint32_t client_next = 0;  // sequence numbers
  uint32_t server_next = 0;
  uint32_t packets = 0;
};

Connection MakeConnection(Random* random, uint32_t number) {
  Connection connection;
  connection.client_address = 0x0a000000 | (number & 0xffffff);
  connection.server_address = 0xc0a80000 | random->Below(256);
  connection.client_port = static_cast<uint16_t>(32768 + random->Below(28000));
  connection.server_port = random->Below(4) == 0 ? 80 : 443;
  connection.client_next = static_cast<uint32_t>(random->Next());
  connection.server_next = static_cast<uint32_t>(random->Next());
  return connection;
}

class Writer {
 public:
  Writer(const char* path, bool translates) : file_(fopen(path, "wb")), translates_(translates) {
    if (file_ == nullptr) {
      perror(path);
      exit(1);
    }
    setvbuf(file_, nullptr, _IOFBF, 1 << 20);
    const uint32_t header[] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, translates ? kLinuxCookedV2 : kEthernet};
    fwrite(header, sizeof(header), 1, file_);
  }
  ~Writer() { fclose(file_); }

  void Write(uint32_t source, uint32_t destination, uint16_t source_port, uint16_t destination_port, uint32_t sequence,
             uint32_t acknowledgment, uint8_t flags, uint32_t payload_bytes) {
    time_us_ += 2;
    uint8_t ip[kIpBytes] = {0x45};
    Put16(ip + 2, static_cast<uint16_t>(kIpBytes + payload_bytes));
    ip[8] = 64;
    ip[9] = 6;
    Put32(ip + 12, source);
    Put32(ip + 16, destination);
    uint8_t* tcp = ip + 20;
    Put16(tcp, source_port);
    Put16(tcp + 2, destination_port);
    Put32(tcp + 4, sequence);
    Put32(tcp + 8, acknowledgment);
    tcp[12] = 8 << 4;
    tcp[13] = flags;
    Put16(tcp + 14, 65000);
    tcp[20] = tcp[21] = 1;
    tcp[22] = 8;
    tcp[23] = 10;
    Put32(tcp + 24, static_cast<uint32_t>(time_us_ / 1000));
    if (!translates_) {
      WriteRecord({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0}, ip, payload_bytes);
      return;
    }
    // Clients are behind interface 2 and servers behind interface 3, where they have other addresses.
    const bool up = destination_port < source_port;
    uint8_t translated[kIpBytes];
    memcpy(translated, ip, sizeof(translated));
    translated[up ? 16 : 12] ^= 0x80;
    WriteRecord(CookedHeader(up ? 2 : 3, kIn), up ? ip : translated, payload_bytes);
    time_us_ += 1;
    WriteRecord(CookedHeader(up ? 3 : 2, kOut), up ? translated : ip, payload_bytes);
  }

  // The next packet of a connection: its handshake, then requests and longer answers with their acknowledgments.
  void WriteNext(Random* random, Connection* c) {
    const uint32_t step = c->packets++;
    if (step == 0) {
      Up(c, kSyn, 0);
      ++c->client_next;
    } else if (step == 1) {
      Down(c, kSyn | kAck, 0);
      ++c->server_next;
    } else if (step % 4 == 3) {
      Up(c, kAck | kPsh, 100 + random->Below(400));
    } else if (step % 4 == 2) {
      Up(c, kAck, 0);
    } else {
      Down(c, kAck, 1000 + random->Below(448));
    }
  }

 private:
  static void Put16(uint8_t* to, uint16_t value) {
    to[0] = static_cast<uint8_t>(value >> 8);
    to[1] = static_cast<uint8_t>(value);
  }
  static void Put32(uint8_t* to, uint32_t value) {
    Put16(to, static_cast<uint16_t>(value >> 16));
    Put16(to + 2, static_cast<uint16_t>(value));
  }
  void Up(Connection* c, int flags, uint32_t payload_bytes) {
    Write(c->client_address, c->server_address, c->client_port, c->server_port, c->client_next,
          flags == kSyn ? 0 : c->server_next, static_cast<uint8_t>(flags), payload_bytes);
    c->client_next += payload_bytes;
  }
  void Down(Connection* c, int flags, uint32_t payload_bytes) {
    Write(c->server_address, c->client_address, c->server_port, c->client_port, c->server_next, c->client_next,
          static_cast<uint8_t>(flags), payload_bytes);
    c->server_next += payload_bytes;
  }

  enum PacketType : uint8_t { kIn = 0, kOut = 4 };
  static std::vector<uint8_t> CookedHeader(uint8_t interface, PacketType type) {
    std::vector<uint8_t> header(kCookedBytes);
    header[0] = 8;  // the EtherType of IPv4
    header[7] = interface;
    header[9] = 1;  // Ethernet
    header[10] = type;
    header[11] = 6;  // the length of the link address
    return header;
  }
  void WriteRecord(const std::vector<uint8_t>& link_header, const uint8_t* ip, uint32_t payload_bytes) {
    const uint32_t captured_bytes = static_cast<uint32_t>(link_header.size() + kIpBytes);
    const uint32_t record[] = {static_cast<uint32_t>(1700000000 + time_us_ / 1000000),
                               static_cast<uint32_t>(time_us_ % 1000000), captured_bytes,
                               captured_bytes + payload_bytes};
    fwrite(record, sizeof(record), 1, file_);
    fwrite(link_header.data(), link_header.size(), 1, file_);
    fwrite(ip, kIpBytes, 1, file_);
  }

  FILE* const file_;
  const bool translates_;
  uint64_t time_us_ = 0;
};

// Connections of Zipf-distributed sizes: the rank r is drawn in proportion to 1 / r.
void WriteZipf(uint32_t connection_count, uint64_t packets, Random* random, Writer* writer) {
  std::vector<Connection> connections;
  for (uint32_t i = 0; i < connection_count; ++i) connections.push_back(MakeConnection(random, i));
  const double log_count = std::log(static_cast<double>(connection_count));
  for (uint64_t i = 0; i < packets; ++i) {
    // Send one packet of each connection first, so that all are live. Then choose connections by rank.
    const uint32_t rank = i < connection_count ? static_cast<uint32_t>(i)
                                               : static_cast<uint32_t>(std::exp(random->Unit() * log_count)) - 1;
    // Scatter the ranks over memory, as they would be after a day.
    writer->WriteNext(random, &connections[static_cast<uint64_t>(rank) * 2654435761u % connection_count]);
  }
}

// Connections begin one after the other, and each sends its few packets among those of many others.
void WriteMillion(uint64_t packets, Random* random, Writer* writer) {
  const uint32_t connection_count = static_cast<uint32_t>(packets / 9 * 2);  // 1.1 million of 5 million packets
  std::vector<Connection> connections;
  for (uint32_t i = 0; i < connection_count; ++i) connections.push_back(MakeConnection(random, i));
  uint32_t begun = 0;
  for (uint64_t i = 0; i < packets; ++i) {
    const bool begin = begun < connection_count && (begun == 0 || random->Below(4) == 0);
    writer->WriteNext(random, &connections[begin ? begun++ : random->Below(begun)]);
  }
}

void WriteSynFlood(uint64_t packets, Random* random, Writer* writer) {
  std::vector<Connection> connections;
  for (uint32_t i = 0; i < 1000; ++i) connections.push_back(MakeConnection(random, i));
  for (uint64_t i = 0; i < packets; ++i) {
    if (random->Below(10) == 0) {
      writer->WriteNext(random, &connections[random->Below(1000)]);
    } else {
      const uint64_t forged = random->Next();
      writer->Write(static_cast<uint32_t>(forged), 0xc0a80001, static_cast<uint16_t>(forged >> 32), 443,
                    static_cast<uint32_t>(random->Next()), 0, kSyn, 0);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: make_capture connections|million|elephant|synflood[-translated] FILE [PACKETS]\n");
    return 2;
  }
  std::string kind = argv[1];
  uint64_t packets = argc > 3 ? strtoull(argv[3], nullptr, 10) : 5000000;
  const size_t suffix = kind.find("-translated");
  const bool translates = suffix != std::string::npos;
  if (translates) {
    kind.resize(suffix);
    packets /= 2;
  }
  Random random;
  Writer writer(argv[2], translates);
  if (kind == "connections") {
    WriteZipf(100000, packets, &random, &writer);
  } else if (kind == "elephant") {
    WriteZipf(1, packets, &random, &writer);
  } else if (kind == "million") {
    WriteMillion(packets, &random, &writer);
  } else if (kind == "synflood") {
    WriteSynFlood(packets, &random, &writer);
  } else {
    fprintf(stderr, "make_capture: '%s' is none of connections, million, elephant, synflood\n", argv[1]);
    return 2;
  }
  return 0;
}
