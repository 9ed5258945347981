// SPDX-License-Identifier: Apache-2.0
// Decodes captures that other people made, and compares the result with that of Wireshark's dissector: packets and
// payload bytes of every pair of endpoints, in each direction. The environment variable TCPGAUGE_CORPUS names the
// folder with the captures. Without it the test is skipped.
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "src/net/endpoint.h"

namespace tcpgauge {
namespace {

struct Count {
  uint64_t packets = 0;
  uint64_t payload_bytes = 0;
  friend bool operator==(const Count& a, const Count& b) {
    return a.packets == b.packets && a.payload_bytes == b.payload_bytes;
  }
  friend std::ostream& operator<<(std::ostream& out, const Count& count) {
    return out << count.packets << " packets, " << count.payload_bytes << " bytes";
  }
};

using PairOfEnds = std::pair<Endpoint, Endpoint>;  // the smaller endpoint first

struct Conversation {
  std::array<Count, 2> from;  // sent by the smaller endpoint, then by the other one
  bool has_fragments = false;
};

using Conversations = std::map<PairOfEnds, Conversation>;

Count& CountOf(const Endpoint& source, const Endpoint& destination, Conversations* conversations) {
  const bool swap = destination < source;
  return (*conversations)[swap ? PairOfEnds{destination, source} : PairOfEnds{source, destination}].from[swap ? 1 : 0];
}

Conversations ReadTruth(const std::filesystem::path& path) {
  Conversations result;
  std::ifstream file(path);
  const auto truth = nlohmann::json::parse(file);
  for (const auto& stream : truth["streams"]) {
    Endpoint ends[2];
    const char* const names[] = {"client", "server"};
    const char* const ways[] = {"c2s", "s2c"};
    for (int i = 0; i < 2; ++i) {
      ends[i].address = *IpAddress::Parse(stream[names[i]]["ip"].get<std::string>());
      ends[i].port = stream[names[i]]["port"].get<uint16_t>();
    }
    for (int i = 0; i < 2; ++i) {
      Count& count = CountOf(ends[i], ends[1 - i], &result);
      count.packets += stream["packets"][ways[i]].get<uint64_t>();
      count.payload_bytes += stream["payload_bytes"][ways[i]].get<uint64_t>();
    }
    result[std::minmax(ends[0], ends[1])].has_fragments |= stream["frag"].get<bool>();
  }
  return result;
}

struct Decoded {
  Conversations conversations;
  std::map<std::string, uint64_t> errors;  // decode errors by name
  std::string unreadable;                  // libpcap's error message
};

Decoded DecodeFile(const std::filesystem::path& path) {
  Decoded result;
  char message[PCAP_ERRBUF_SIZE];
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> file(pcap_open_offline(path.c_str(), message), pcap_close);
  if (file == nullptr) {
    result.unreadable = message;
    return result;
  }
  const auto link_type = LinkTypeOf(pcap_datalink(file.get()));
  EXPECT_TRUE(link_type.has_value()) << path << " has link type " << pcap_datalink(file.get());
  if (!link_type) return result;
  pcap_pkthdr* header;
  const u_char* bytes;
  int status;
  while ((status = pcap_next_ex(file.get(), &header, &bytes)) == 1) {
    // In a copy of exact size, a sanitizer sees a read beyond the captured bytes.
    const std::vector<uint8_t> captured(bytes, bytes + header->caplen);
    DecodedPacket packet;
    DecodePacket(*link_type, captured, header->len, &packet);
    if (packet.kind == DecodedPacket::Kind::kError) ++result.errors[std::string(DecodeErrorName(packet.error))];
    if (packet.kind != DecodedPacket::Kind::kTcpSegment) continue;
    Count& count = CountOf(packet.source, packet.destination, &result.conversations);
    ++count.packets;
    count.payload_bytes += packet.payload_length_bytes;
  }
  if (status == PCAP_ERROR) result.unreadable = pcap_geterr(file.get());
  return result;
}

TEST(Corpus, EveryPairAgreesWithTheTruth) {
  const char* folder = std::getenv("TCPGAUGE_CORPUS");
  if (folder == nullptr || !std::filesystem::is_directory(std::filesystem::path(folder) / "real")) {
    GTEST_SKIP() << "TCPGAUGE_CORPUS does not name a folder with captures";
  }
  size_t pairs = 0;
  size_t exact = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(folder) / "real")) {
    const std::string name = entry.path().filename();
    SCOPED_TRACE(name);
    const Conversations truth = ReadTruth(std::filesystem::path(folder) / "truth" / (name + ".json"));
    const Decoded decoded = DecodeFile(entry.path());
    for (const auto& [error, count] : decoded.errors) std::cout << name << ": " << count << " x " << error << "\n";
    if (!decoded.unreadable.empty()) {
      std::cout << name << ": " << truth.size() << " pairs cannot be read: " << decoded.unreadable << "\n";
      continue;
    }
    for (const auto& [ends, want] : truth) {
      const auto got = decoded.conversations.find(ends);
      const std::string pair = ends.first.ToString() + " " + ends.second.ToString();
      ASSERT_NE(got, decoded.conversations.end()) << pair;
      if (want.has_fragments) continue;
      ++pairs;
      exact += got->second.from == want.from;
      EXPECT_EQ(got->second.from[0], want.from[0]) << pair;
      EXPECT_EQ(got->second.from[1], want.from[1]) << pair;
    }
    for (const auto& [ends, count] : decoded.conversations) {
      EXPECT_EQ(truth.count(ends), 1u) << "Wireshark did not find this pair: " << ends.first.ToString() << " "
                                       << ends.second.ToString();
    }
  }
  std::cout << exact << " of " << pairs << " pairs exact\n";
}

}  // namespace
}  // namespace tcpgauge
