// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_json.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/json_string.h"
#include "src/base/json_writer.h"
#include "src/json/json_reader.h"
#include "src/json/json_scalar.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_pool.h"
#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"
#include "src/naming/shared_text.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kVersion = 1;
constexpr size_t kMaxLocalAddresses = 65536;
constexpr size_t kMaxShownBytes = 60;
constexpr size_t kEntryBytes = 200;  // a usual entry, to reserve memory
// Enough for any text with these bounds: the number of entries is counted for itself.
constexpr JsonBounds kBounds = {SIZE_MAX, 16384, 4};

// The members of an entry that are names, besides workload_kind and comm.
struct NameMember {
  std::string_view key;
  SharedText EndIdentity::*name;
};
constexpr NameMember kNames[] = {
    {"namespace", &EndIdentity::namespace_name},
    {"workload", &EndIdentity::workload},
    {"pod", &EndIdentity::pod},
    {"container", &EndIdentity::container},
    {"service", &EndIdentity::service},
    {"node", &EndIdentity::node},
    {"zone", &EndIdentity::zone},
};
constexpr char kEntryMembers[] =
    "address, port, namespace, workload, workload_kind, pod, container, service, node, zone and comm";
constexpr char kParts[] =
    "version, sockets_read_seconds, addresses, sockets, ports, shared_addresses and local_addresses";

std::string Shown(std::string_view text) {
  const std::string escaped = absl::Utf8SafeCHexEscape(std::string(text.substr(0, kMaxShownBytes)));
  return absl::StrCat("'", escaped, text.size() > kMaxShownBytes ? "...'" : "'");
}

// Writing.

using SortKey = std::pair<std::array<uint8_t, 16>, uint16_t>;

struct Entry {
  SortKey key;
  std::string text;  // the address, the port, or both, as JSON members
  const EndIdentity* identity;
};

void AppendIdentity(const EndIdentity& identity, JsonWriter* writer) {
  const auto append = [writer](std::string_view key, std::string_view text) {
    if (!text.empty()) writer->Raw(",\"").Raw(key).Raw("\":").Raw(JsonString(text));
  };
  for (const NameMember& member : kNames) append(member.key, identity.*member.name);
  append("workload_kind", WorkloadKindText(identity));
  append("comm", identity.comm);
}

void AppendEntries(std::string_view part, std::vector<Entry> entries, JsonWriter* writer) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  writer->Raw(",\n\"").Raw(part).Raw("\":[");
  std::string_view separator = "\n";
  for (const Entry& entry : entries) {
    writer->Raw(separator).Raw("{").Raw(entry.text);
    AppendIdentity(*entry.identity, writer);
    writer->Raw("}");
    separator = ",\n";
  }
  writer->Raw("]");
}

std::string AddressMember(const IpAddress& address) { return absl::StrCat("\"address\":\"", address.ToString(), "\""); }

void AppendAddresses(std::string_view part, const absl::flat_hash_set<IpAddress>& addresses, JsonWriter* writer) {
  std::vector<IpAddress> sorted(addresses.begin(), addresses.end());
  std::sort(sorted.begin(), sorted.end(), [](const IpAddress& a, const IpAddress& b) { return a.bytes() < b.bytes(); });
  writer->Raw(",\n\"").Raw(part).Raw("\":[");
  std::string_view separator = "\n\"";
  for (const IpAddress& address : sorted) {
    writer->Raw(separator).Raw(address.ToString()).Raw("\"");
    separator = ",\n\"";
  }
  writer->Raw("]");
}

// Reading.

// Hands a text out by lines, so that the parser has seen no line behind the one it is in.
class Lines final : public AnswerBody {
 public:
  explicit Lines(AnswerBody* body) : body_(*body) {}

  absl::StatusOr<std::string> Next() override {
    if (ended_line_) ++number_;
    if (begin_ == piece_.size()) {
      absl::StatusOr<std::string> piece = body_.Next();
      if (!piece.ok()) return status_ = piece.status();
      piece_ = *std::move(piece);
      begin_ = 0;
    }
    const size_t newline = piece_.find('\n', begin_);
    ended_line_ = newline != std::string::npos;
    const size_t end = ended_line_ ? newline + 1 : piece_.size();
    std::string line = piece_.substr(begin_, end - begin_);
    begin_ = end;
    return line;
  }

  // Of the line that the parser is in.
  size_t number() const { return number_; }
  // The error of the body.
  const absl::Status& status() const { return status_; }

 private:
  AnswerBody& body_;
  absl::Status status_;
  std::string piece_;
  size_t begin_ = 0;  // of the next line in piece_
  bool ended_line_ = false;
  size_t number_ = 1;
};

absl::Status Wrong(const std::string& message) { return absl::InvalidArgumentError(message); }

class MapReader final : public JsonVisitor {
 public:
  explicit MapReader(size_t max_endpoints) : max_endpoints_(max_endpoints) {}

  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override;
  absl::Status Leave() override;
  absl::Status Take(std::string_view key, const JsonScalar& value) override;

  std::shared_ptr<const IdentityMap> TakeMap() {
    map_->local_addresses.insert(map_->shared_addresses.begin(), map_->shared_addresses.end());
    return std::move(map_);
  }

 private:
  enum class Place { kBefore, kTop, kEntries, kEntry, kAddresses };

  absl::Status TakeMember(std::string_view key, const JsonScalar& value);
  absl::Status TakeKind(std::string_view text);
  absl::Status AddEntry();
  absl::Status AddLocalAddress(const JsonScalar& value);
  std::string Example() const;

  const size_t max_endpoints_;
  IdentityPool pool_;
  std::shared_ptr<IdentityMap> map_ = std::make_shared<IdentityMap>();
  bool has_version_ = false;
  Place place_ = Place::kBefore;
  std::string part_;  // "addresses", "sockets", …

  // Of the entry.
  EndIdentity identity_;
  std::optional<IpAddress> address_;
  std::optional<uint16_t> port_;
};

std::string MapReader::Example() const {
  if (part_ == "ports") return "{\"port\": 22, \"workload\": \"ssh.service\"}";
  return absl::StrCat("{\"address\": \"192.0.2.1\", ", part_ == "sockets" ? "\"port\": 22, " : "",
                      "\"workload\": \"ssh.service\"}");
}

absl::StatusOr<bool> MapReader::Enter(std::string_view key, bool is_object) {
  switch (place_) {
    case Place::kBefore:
      if (!is_object) return Wrong("the file must be an object; right would be {\"version\": 1, ...}");
      place_ = Place::kTop;
      return true;
    case Place::kTop: {
      part_ = std::string(key);
      const bool has_entries = key == "addresses" || key == "sockets" || key == "ports";
      if (!has_entries && key != "shared_addresses" && key != "local_addresses") break;
      if (is_object) return Wrong(absl::StrCat(part_, " must be a list; right would be [...]"));
      place_ = has_entries ? Place::kEntries : Place::kAddresses;
      return true;
    }
    case Place::kEntries:
      if (!is_object) return Wrong(absl::StrCat("not an entry of ", part_, "; right would be ", Example()));
      place_ = Place::kEntry;
      identity_ = EndIdentity();
      address_.reset();
      port_.reset();
      return true;
    case Place::kEntry:
      return Wrong(absl::StrCat(Shown(key), " must be a text or a number; right would be ", Example()));
    case Place::kAddresses:
      return Wrong(absl::StrCat("not an address in ", part_, "; right would be \"192.0.2.1\""));
  }
  return Wrong(absl::StrCat(Shown(key), " is no part of a file of names; right are ", kParts));
}

absl::Status MapReader::Leave() {
  if (place_ == Place::kEntry) {
    place_ = Place::kEntries;
    return AddEntry();
  }
  if (place_ == Place::kTop && !has_version_) return Wrong("the version is missing; right would be \"version\": 1");
  place_ = Place::kTop;
  return absl::OkStatus();
}

absl::Status MapReader::Take(std::string_view key, const JsonScalar& value) {
  switch (place_) {
    case Place::kBefore:
      return Wrong("the file must be an object; right would be {\"version\": 1, ...}");
    case Place::kTop:
      break;
    case Place::kEntries:
      return Wrong(absl::StrCat("not an entry of ", part_, "; right would be ", Example()));
    case Place::kEntry:
      return TakeMember(key, value);
    case Place::kAddresses:
      return AddLocalAddress(value);
  }
  if (key == "version") {
    has_version_ = std::holds_alternative<uint64_t>(value) && CountOf(value) == kVersion;
    return has_version_ ? absl::OkStatus() : Wrong("the version is unknown; this program reads version 1");
  }
  if (key == "sockets_read_seconds") {
    map_->sockets_read_ns = NanosecondsOf(value, -1);
    if (map_->sockets_read_ns >= 0) return absl::OkStatus();
    return Wrong("sockets_read_seconds is not a time; right would be seconds since 1970, as in 1764428583.5");
  }
  return Wrong(absl::StrCat(Shown(key), " is no part of a file of names; right are ", kParts));
}

absl::Status MapReader::TakeMember(std::string_view key, const JsonScalar& value) {
  if (key == "port") {
    if (!std::holds_alternative<uint64_t>(value) || CountOf(value) < 1 || CountOf(value) > UINT16_MAX)
      return Wrong("port is not a number from 1 to 65535");
    port_ = static_cast<uint16_t>(CountOf(value));
    return absl::OkStatus();
  }
  const std::string_view text = TextOf(value);
  if (key == "address") {
    address_ = IpAddress::Parse(text);
    return address_.has_value() ? absl::OkStatus()
                                : Wrong(absl::StrCat("address: ", Shown(text), " is not an address, as in 192.0.2.1"));
  }
  if (key == "workload_kind") return TakeKind(text);
  if (key == "comm") {
    if (text.empty() || text.size() > kMaxCommBytes)
      return Wrong(absl::StrCat("comm is not a text of 1 to ", kMaxCommBytes, " bytes"));
    identity_.comm = text;
    return absl::OkStatus();
  }
  for (const NameMember& member : kNames) {
    if (key != member.key) continue;
    if (!IsName(text))
      return Wrong(absl::StrCat(std::string(key), ": ", Shown(text), " is not a name of 1 to ", kMaxNameBytes,
                                " letters, digits and . _ : @ -"));
    identity_.*member.name = text;
    return absl::OkStatus();
  }
  return Wrong(absl::StrCat(Shown(key), " is no part of an entry; right are ", kEntryMembers));
}

absl::Status MapReader::TakeKind(std::string_view text) {
  std::string_view kind = text;
  const bool is_guess = text.size() > kGuessMark.size() && text.substr(text.size() - kGuessMark.size()) == kGuessMark;
  if (is_guess) kind.remove_suffix(kGuessMark.size());
  if (!IsName(kind))
    return Wrong(absl::StrCat("workload_kind: ", Shown(text),
                              " is not the kind of a workload, as in Deployment or Deployment(guess)"));
  identity_.workload_kind = kind;
  identity_.is_guess = is_guess;
  return absl::OkStatus();
}

absl::Status MapReader::AddEntry() {
  const bool wants_address = part_ != "ports", wants_port = part_ != "addresses";
  if (address_.has_value() != wants_address || port_.has_value() != wants_port) {
    return Wrong(absl::StrCat("an entry of ", part_, " has ", wants_address ? "an address" : "no address", " and ",
                              wants_port ? "a port" : "no port", "; right would be ", Example()));
  }
  if (identity_.workload.empty() && identity_.pod.empty() && identity_.service.empty())
    return Wrong("the entry names nobody; give it a workload, a pod or a service");
  const IdentityRef ref = pool_.Get(identity_);
  bool is_new = false;
  if (part_ == "addresses") {
    is_new = map_->addresses.insert({*address_, ref}).second;
  } else if (part_ == "sockets") {
    is_new = map_->endpoints.insert({{*address_, *port_}, ref}).second;
  } else {
    is_new = map_->wildcard_ports.insert({*port_, ref}).second;
  }
  if (!is_new) return Wrong(absl::StrCat("an earlier entry of ", part_, " is for the same; leave one of them out"));
  if (map_->named_ends() > max_endpoints_) {
    return Wrong(absl::StrCat("addresses, sockets and ports have more than ", max_endpoints_,
                              " entries; raise --identity.max-endpoints, or leave some out"));
  }
  return absl::OkStatus();
}

absl::Status MapReader::AddLocalAddress(const JsonScalar& value) {
  const std::string_view text = TextOf(value);
  const std::optional<IpAddress> address = IpAddress::Parse(text);
  if (!address.has_value())
    return Wrong(absl::StrCat(part_, ": ", Shown(text), " is not an address, as in \"192.0.2.1\""));
  auto& addresses = part_ == "shared_addresses" ? map_->shared_addresses : map_->local_addresses;
  addresses.insert(*address);
  if (addresses.size() <= kMaxLocalAddresses) return absl::OkStatus();
  return Wrong(absl::StrCat(part_, " has more than ", kMaxLocalAddresses, " entries; leave some out"));
}

}  // namespace

std::string IdentityJson(const IdentityMap& map) {
  std::vector<Entry> addresses, sockets, ports;
  for (const auto& [address, ref] : map.addresses)
    addresses.push_back({{address.bytes(), 0}, AddressMember(address), &ref->identity});
  for (const auto& [endpoint, ref] : map.endpoints) {
    sockets.push_back({{endpoint.address.bytes(), endpoint.port},
                       absl::StrCat(AddressMember(endpoint.address), ",\"port\":", endpoint.port),
                       &ref->identity});
  }
  for (const auto& [port, ref] : map.wildcard_ports)
    ports.push_back({{{}, port}, absl::StrCat("\"port\":", port), &ref->identity});
  JsonWriter writer((addresses.size() + sockets.size() + ports.size() + 1) * kEntryBytes);
  writer.Raw("{\"version\":").Value(kVersion);
  if (map.sockets_read_ns != 0) writer.Raw(",\n\"sockets_read_seconds\":").Seconds(map.sockets_read_ns);
  AppendEntries("addresses", std::move(addresses), &writer);
  AppendEntries("sockets", std::move(sockets), &writer);
  AppendEntries("ports", std::move(ports), &writer);
  AppendAddresses("shared_addresses", map.shared_addresses, &writer);
  AppendAddresses("local_addresses", map.local_addresses, &writer);
  writer.Raw("}\n");
  return writer.Take();
}

absl::StatusOr<std::shared_ptr<const IdentityMap>> ReadIdentityJson(AnswerBody* body, size_t max_endpoints) {
  constexpr JsonSource kSource = {"the file", "not JSON"};
  Lines lines(body);
  MapReader reader(max_endpoints);
  const absl::Status status = ReadJson(&lines, kSource, kBounds, &reader);
  if (!lines.status().ok()) return lines.status();
  if (!status.ok()) return Wrong(absl::StrCat("line ", lines.number(), ": ", status.message()));
  return reader.TakeMap();
}

}  // namespace tcpgauge
