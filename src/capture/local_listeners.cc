#include "src/capture/local_listeners.h"

#include <ifaddrs.h>
#include <string.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "src/capture/socket_address.h"

namespace tcpgauge {
namespace {

// An address in /proc/net/tcp: 32-bit words in the machine's byte order, as hexadecimal digits.
std::optional<IpAddress> ParseAddress(absl::string_view digits) {
  if (digits.size() != 8 && digits.size() != 32) return std::nullopt;
  uint8_t bytes[16];
  for (size_t i = 0; i < digits.size(); i += 8) {
    uint32_t word;
    if (!absl::SimpleHexAtoi(digits.substr(i, 8), &word)) return std::nullopt;
    memcpy(bytes + i / 2, &word, sizeof(word));
  }
  if (digits.size() == 32) return IpAddress::FromV6(bytes);
  uint8_t v4[4];
  memcpy(v4, bytes, sizeof(v4));
  return IpAddress::FromV4(v4);
}

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

void AddListeners(absl::string_view proc_net_tcp, LocalListeners* listeners) {
  constexpr absl::string_view kListen = "0A";
  for (const absl::string_view line : absl::StrSplit(proc_net_tcp, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (fields.size() < 4 || fields[3] != kListen) continue;
    const std::vector<absl::string_view> local = absl::StrSplit(fields[1], ':');
    uint32_t port;
    if (local.size() != 2 || !absl::SimpleHexAtoi(local[1], &port) || port > UINT16_MAX) continue;
    const auto address = ParseAddress(local[0]);
    if (!address.has_value()) continue;
    const uint8_t any_v4[4] = {};
    if (*address == IpAddress() || *address == IpAddress::FromV4(any_v4)) {
      listeners->wildcard_ports.insert(static_cast<uint16_t>(port));
    } else {
      listeners->endpoints.insert({*address, static_cast<uint16_t>(port)});
    }
  }
}

LocalListeners ReadLocalListeners() {
  LocalListeners listeners;
  AddListeners(ReadFile("/proc/net/tcp"), &listeners);
  AddListeners(ReadFile("/proc/net/tcp6"), &listeners);
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) == 0) {
    for (const ifaddrs* i = interfaces; i != nullptr; i = i->ifa_next) {
      const auto address = AddressOf(i->ifa_addr);
      if (address.has_value()) listeners.addresses.insert(*address);
    }
    freeifaddrs(interfaces);
  }
  return listeners;
}

}  // namespace tcpgauge
