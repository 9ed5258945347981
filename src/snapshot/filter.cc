// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/filter.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "src/base/strings.h"
#include "src/naming/identity_text.h"
#include "src/naming/name_rule.h"

namespace tcpgauge {
namespace {

// tcptrack's names of the states, in the order of ConnectionState. A filter accepts them beside ConnectionStateName().
constexpr std::string_view kTcptrackStates[] = {"syn_sent", "syn|ack-ack", "established", "closing", "closed", "reset"};
static_assert(std::size(kTcptrackStates) == kConnectionStateCount, "a name for each");

// All of `text` as a decimal number up to `max`.
std::optional<int> ParseNumber(std::string_view text, int max) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || number < 0 || number > max) {
    return std::nullopt;
  }
  return number;
}

constexpr const char* kRightService =
    "a service is an address or a prefix, with or without a port, such as 10.96.0.10:443 or [2001:db8::1]:443";

constexpr const char* kRightName = "a name, or a part of one, is 1 to 253 letters, digits and characters of . _ : @ -";

// EndIdentity::workload_kind of a systemd unit.
constexpr std::string_view kUnitKind = "unit";

absl::Status Wrong(std::string_view word, const char* right) {
  return absl::InvalidArgumentError(absl::StrCat("filter: \"", std::string(word), "\": ", right));
}

// Appends "192.0.2.1:443". For IPv4 it does so without the allocations of Endpoint::ToString(), because the text of
// every connection may be needed.
void AppendEndpoint(const Endpoint& endpoint, std::string* to) {
  if (!endpoint.address.is_v4()) {
    *to += endpoint.ToString();
    return;
  }
  char text[sizeof("255.255.255.255:65535")];
  char* end = text;
  for (size_t i = 12; i < 16; ++i) {
    end = std::to_chars(end, end + 3, endpoint.address.bytes()[i]).ptr;
    *end++ = i < 15 ? '.' : ':';
  }
  to->append(text, std::to_chars(end, end + 5, endpoint.port).ptr);
}

// Whether `text`, in any letter case, contains `part`, which is in lower case. Does not allocate.
bool ContainsLower(std::string_view text, std::string_view part) {
  const auto equal = [](char in_text, char in_part) {
    return absl::ascii_tolower(static_cast<unsigned char>(in_text)) == in_part;
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), equal) != text.end();
}

// Cuts the first word off `text` and returns it. Returns an empty word when no word is left.
std::string_view TakeWord(std::string_view* text) {
  text->remove_prefix(std::min(text->find_first_not_of(' '), text->size()));
  const std::string_view word = text->substr(0, text->find(' '));
  text->remove_prefix(word.size());
  return word;
}

}  // namespace

// The texts of one connection that terms search, in lower case. They are made when the first term asks for one of them,
// and only once, however many terms there are.
class Filter::RowText {
 public:
  // The arguments must outlive the object. `name_of` may be null.
  RowText(const ConnectionSummary& connection, const Snapshot& snapshot, const NameOf* name_of)
      : connection_(connection), snapshot_(snapshot), name_of_(name_of) {}

  // All texts that a TEXT term searches, with blanks between them. No term contains a blank, so no term matches a part
  // of two texts.
  std::string_view All() {
    Make();
    return text_;
  }
  std::string_view ClientAddress() {
    Make();
    return client_.In(text_);
  }
  std::string_view ServerAddress() {
    Make();
    return server_.In(text_);
  }
  // Nullopt if `snapshot` does not have the connection's interface.
  std::optional<std::string_view> Interface() {
    Make();
    if (!interface_.has_value()) return std::nullopt;
    return interface_->In(text_);
  }

 private:
  struct Part {
    size_t begin = 0;
    size_t size = 0;

    std::string_view In(std::string_view text) const { return text.substr(begin, size); }
  };

  void Make() {
    if (!text_.empty()) return;
    constexpr size_t kUsualBytes = 120;
    text_.reserve(kUsualBytes);
    client_ = AppendEnd(connection_.client);
    server_ = AppendEnd(connection_.server);
    Append(ConnectionStateName(connection_.state));
    Append(kTcptrackStates[static_cast<size_t>(connection_.state)]);
    if (connection_.interface < snapshot_.interfaces.size()) {
      interface_ = Append(ToLower(snapshot_.interfaces[connection_.interface].name));
    }
    AppendNames(snapshot_.identities[connection_.client_identity]);
    AppendNames(snapshot_.identities[connection_.server_identity]);
    if (name_of_ == nullptr) return;
    Append(ToLower((*name_of_)(connection_.client.address)));
    Append(ToLower((*name_of_)(connection_.server.address)));
  }

  Part Append(std::string_view text) {
    const Part part = {text_.size(), text.size()};
    text_ += text;
    text_ += ' ';
    return part;
  }

  void AppendNames(const IdentityRef& ref) {
    if (ref == nullptr) return;
    const EndIdentity& identity = ref->identity;
    Append(ToLower(ShownName(identity)));  // holds the namespace and the pod
    for (const std::string_view name : {identity.workload.view(), identity.container.view(), identity.service.view()}) {
      if (!name.empty()) Append(ToLower(name));
    }
  }

  // Appends "ADDRESS:PORT" and returns the part with the address.
  Part AppendEnd(const Endpoint& endpoint) {
    const size_t begin = text_.size();
    AppendEndpoint(endpoint, &text_);
    const size_t end = text_.rfind(':');
    text_ += ' ';
    return endpoint.address.is_v4() ? Part{begin, end - begin} : Part{begin + 1, end - begin - 2};  // [ADDRESS]
  }

  const ConnectionSummary& connection_;
  const Snapshot& snapshot_;
  const NameOf* const name_of_;
  std::string text_;  // empty = not made yet
  Part client_;
  Part server_;
  std::optional<Part> interface_;
};

absl::Status Filter::ParseHost(std::string_view word, std::string_view value, bool unfinished, Term* term) {
  const size_t slash = value.find('/');
  const std::optional<IpAddress> address = IpAddress::Parse(value.substr(0, slash));
  if (!address.has_value()) {
    if (!unfinished || slash != std::string_view::npos) {
      return Wrong(
          word, term->side == Side::kService ? kRightService : "a host is an address or a prefix such as 10.0.0.0/8");
    }
    term->kind = Kind::kAddressBeginning;
    term->text = std::string(value);
    return absl::OkStatus();
  }
  const int max_bits = address->is_v4() ? 32 : 128;
  std::optional<int> bits = max_bits;
  if (slash != std::string_view::npos && !(unfinished && slash + 1 == value.size())) {
    bits = ParseNumber(value.substr(slash + 1), max_bits);
  }
  if (!bits.has_value()) return Wrong(word, "a prefix has 0 to 32 bits, or 0 to 128 for IPv6");
  term->kind = Kind::kNetwork;
  term->prefix_bits = *bits;
  term->network = address->Prefix(std::min(*bits, 32), *bits);
  return absl::OkStatus();
}

absl::Status Filter::ParseService(std::string_view word, std::string_view value, bool unfinished, Term* term) {
  std::string_view host = value;
  std::string_view after_host;  // empty, or a colon and the port
  if (!value.empty() && value.front() == '[') {
    const size_t end = std::min(value.find(']'), value.size());
    if (end == value.size() && !unfinished) return Wrong(word, kRightService);
    host = value.substr(1, end - 1);
    after_host = value.substr(std::min(end + 1, value.size()));
  } else if (value.find('.') < value.find(':')) {  // an IPv4 address; the colons of IPv6 are no ports
    host = value.substr(0, value.find(':'));
    after_host = value.substr(host.size());
  }
  const bool port_is_missing = after_host.empty() || (unfinished && after_host == ":");
  if (!port_is_missing) {
    const std::optional<int> port =
        after_host.front() == ':' ? ParseNumber(after_host.substr(1), UINT16_MAX) : std::nullopt;
    if (!port.has_value()) return Wrong(word, kRightService);
    term->first_port = term->last_port = static_cast<uint16_t>(*port);
  }
  return ParseHost(word, host, unfinished && after_host.empty(), term);
}

std::optional<Filter::Kind> Filter::NameKindOf(std::string_view key) {
  if (key == "pod") return Kind::kPod;
  if (key == "ns") return Kind::kNamespace;
  if (key == "workload") return Kind::kWorkload;
  if (key == "unit") return Kind::kUnit;
  return std::nullopt;
}

absl::StatusOr<std::optional<Filter::Term>> Filter::ParseTerm(std::string_view word, bool unfinished) {
  Term term;
  std::string_view rest = word;
  if (rest.front() == '!') {
    term.negated = true;
    rest.remove_prefix(1);
  }
  const std::string lower = ToLower(rest);
  const size_t colon = lower.find(':');
  const std::string key = colon == std::string::npos ? "" : lower.substr(0, colon);
  const std::string value = colon == std::string::npos ? "" : lower.substr(colon + 1);

  if (key == "port") {
    const size_t dash = value.find('-');
    const std::optional<int> first = ParseNumber(value.substr(0, dash), 65535);
    std::optional<int> last = dash == std::string::npos ? first : ParseNumber(value.substr(dash + 1), 65535);
    if (unfinished && (value.empty() || (first.has_value() && dash + 1 == value.size()))) {
      if (value.empty()) return std::optional<Term>();
      last = 65535;
    }
    if (!first.has_value() || !last.has_value() || *last < *first) {
      return Wrong(word, "a port is 0 to 65535 or a range such as 8000-8999");
    }
    term.kind = Kind::kPort;
    term.first_port = static_cast<uint16_t>(*first);
    term.last_port = static_cast<uint16_t>(*last);
  } else if (key == "host" || key == "client" || key == "server" || key == "service") {
    if (unfinished && value.empty()) return std::optional<Term>();
    term.side = key == "host"     ? Side::kEither
                : key == "client" ? Side::kClient
                : key == "server" ? Side::kServer
                                  : Side::kService;
    const absl::Status parsed = term.side == Side::kService ? ParseService(word, value, unfinished, &term)
                                                            : ParseHost(word, value, unfinished, &term);
    if (!parsed.ok()) return parsed;
  } else if (key == "state") {
    if (unfinished && value.empty()) return std::optional<Term>();
    for (size_t i = 0; i < kConnectionStateCount && !value.empty(); ++i) {
      const bool named = StartsWith(ConnectionStateName(static_cast<ConnectionState>(i)), value);
      if (named || StartsWith(kTcptrackStates[i], value)) term.states = static_cast<uint8_t>(term.states | 1 << i);
    }
    if (term.states == 0) {
      return Wrong(word, "a state is syn_sent, syn_received, established, closing, closed or reset");
    }
    term.kind = Kind::kState;
  } else if (key == "interface") {
    if (unfinished && value.empty()) return std::optional<Term>();
    if (value.empty()) return Wrong(word, "an interface is a name, or a part of one, such as eth0");
    term.kind = Kind::kInterface;
    term.text = value;
  } else if (const std::optional<Kind> kind = NameKindOf(key); kind.has_value()) {
    if (unfinished && value.empty()) return std::optional<Term>();
    if (!IsName(value)) return Wrong(word, kRightName);
    term.kind = *kind;
    term.text = value;
  } else {
    if (lower.empty()) {
      if (unfinished) return std::optional<Term>();
      return Wrong(word, "a term is missing after the exclamation mark");
    }
    term.text = lower;
  }
  return std::optional<Term>(term);
}

absl::Status Filter::Add(std::string_view word, bool unfinished) {
  if (word.size() > kMaxTermBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter: a term has ", word.size(), " bytes; use at most ", kMaxTermBytes));
  }
  absl::StatusOr<std::optional<Term>> term = ParseTerm(word, unfinished);
  if (!term.ok()) return term.status();
  if (!term->has_value()) return absl::OkStatus();
  if (terms_.size() == kMaxTerms) {
    return absl::InvalidArgumentError(absl::StrCat("filter: too many terms; use at most ", kMaxTerms));
  }
  terms_.push_back(**std::move(term));
  return absl::OkStatus();
}

absl::StatusOr<Filter> Filter::Parse(std::string_view text) {
  Filter filter;
  for (std::string_view word = TakeWord(&text); !word.empty(); word = TakeWord(&text)) {
    if (const absl::Status added = filter.Add(word, /*unfinished=*/false); !added.ok()) return added;
  }
  return filter;
}

Filter Filter::ParseUnfinished(std::string_view text) {
  Filter filter;
  for (std::string_view word = TakeWord(&text); !word.empty(); word = TakeWord(&text)) {
    if (!filter.Add(word, /*unfinished=*/true).ok()) filter.ignored_terms_.emplace_back(word);
  }
  return filter;
}

bool Filter::Matches(const ConnectionSummary& connection, const Snapshot& snapshot) const {
  return MatchesAll(connection, snapshot, nullptr);
}

bool Filter::Matches(const ConnectionSummary& connection, const Snapshot& snapshot, NameOf name_of) const {
  return MatchesAll(connection, snapshot, &name_of);
}

bool Filter::MatchesAll(const ConnectionSummary& connection, const Snapshot& snapshot, const NameOf* name_of) const {
  RowText text(connection, snapshot, name_of);
  return std::all_of(terms_.begin(), terms_.end(),
                     [&](const Term& term) { return TermMatches(term, connection, snapshot, &text) != term.negated; });
}

bool Filter::TermMatches(const Term& term, const ConnectionSummary& connection, const Snapshot& snapshot,
                         RowText* text) {
  const auto any_end = [&](auto&& matches) {
    switch (term.side) {
      case Side::kEither:
        return matches(connection.client) || matches(connection.server);
      case Side::kClient:
        return matches(connection.client);
      case Side::kServer:
        return matches(connection.server);
      case Side::kService:
        return matches(connection.service);
    }
    return false;
  };
  switch (term.kind) {
    case Kind::kText:
      return text->All().find(term.text) != std::string_view::npos;
    case Kind::kPort:
      return any_end([&](const Endpoint& end) { return end.port >= term.first_port && end.port <= term.last_port; });
    case Kind::kNetwork:
      return any_end([&](const Endpoint& end) {
        return end.port >= term.first_port && end.port <= term.last_port &&
               end.address.is_v4() == term.network.is_v4() &&
               end.address.Prefix(std::min(term.prefix_bits, 32), term.prefix_bits) == term.network;
      });
    case Kind::kAddressBeginning:
      if (term.side == Side::kService) return StartsWith(connection.service.address.ToString(), term.text);
      return (term.side != Side::kServer && StartsWith(text->ClientAddress(), term.text)) ||
             (term.side != Side::kClient && StartsWith(text->ServerAddress(), term.text));
    case Kind::kState:
      return (term.states >> static_cast<int>(connection.state) & 1) != 0;
    case Kind::kInterface:
      return text->Interface().has_value() && text->Interface()->find(term.text) != std::string_view::npos;
    case Kind::kPod:
    case Kind::kNamespace:
    case Kind::kWorkload:
    case Kind::kUnit:
      return NameMatches(term, snapshot.identities[connection.client_identity]) ||
             NameMatches(term, snapshot.identities[connection.server_identity]);
  }
  return false;
}

bool Filter::NameMatches(const Term& term, const IdentityRef& ref) {
  if (ref == nullptr) return false;
  const EndIdentity& identity = ref->identity;
  if (term.kind == Kind::kUnit && identity.workload_kind != kUnitKind) return false;
  const std::string_view name = term.kind == Kind::kPod         ? identity.pod
                                : term.kind == Kind::kNamespace ? identity.namespace_name
                                                                : identity.workload;
  return ContainsLower(name, term.text);
}

}  // namespace tcpgauge
