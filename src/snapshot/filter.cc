// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/filter.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/strings.h"

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

absl::Status Wrong(std::string_view word, const char* right) {
  return absl::InvalidArgumentError(absl::StrCat("filter: \"", std::string(word), "\": ", right));
}

// Writes "192.0.2.1:443" to `out` and returns its end. For IPv4 it does so without the allocations of
// Endpoint::ToString(), because text terms run over every connection.
char* WriteEndpoint(const Endpoint& endpoint, char* out) {
  if (endpoint.address.is_v4()) {
    for (size_t i = 12; i < 16; ++i) {
      out = std::to_chars(out, out + 3, endpoint.address.bytes()[i]).ptr;
      *out++ = i < 15 ? '.' : ':';
    }
    return std::to_chars(out, out + 5, endpoint.port).ptr;
  }
  const std::string text = endpoint.ToString();
  return std::copy(text.begin(), text.end(), out);
}

bool ContainsText(const ConnectionSummary& connection, std::string_view text) {
  char line[160];
  char* end = WriteEndpoint(connection.client, line);
  *end++ = ' ';
  end = WriteEndpoint(connection.server, end);
  *end++ = ' ';
  const std::string_view state = ConnectionStateName(connection.state);
  end = std::copy(state.begin(), state.end(), end);
  *end++ = ' ';
  const std::string_view other_name = kTcptrackStates[static_cast<size_t>(connection.state)];
  end = std::copy(other_name.begin(), other_name.end(), end);
  return std::string_view(line, static_cast<size_t>(end - line)).find(text) != std::string_view::npos;
}

}  // namespace

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
  } else if (key == "host" || key == "client" || key == "server") {
    term.side = key == "host" ? Side::kEither : key == "client" ? Side::kClient : Side::kServer;
    const size_t slash = value.find('/');
    const std::optional<IpAddress> address = IpAddress::Parse(value.substr(0, slash));
    if (address.has_value()) {
      const int max_bits = address->is_v4() ? 32 : 128;
      std::optional<int> bits = slash == std::string::npos ? max_bits : ParseNumber(value.substr(slash + 1), max_bits);
      if (unfinished && slash + 1 == value.size()) bits = max_bits;
      if (!bits.has_value()) return Wrong(word, "a prefix has 0 to 32 bits, or 0 to 128 for IPv6");
      term.kind = Kind::kNetwork;
      term.prefix_bits = *bits;
      term.network = address->Prefix(std::min(*bits, 32), *bits);
    } else if (unfinished && slash == std::string::npos) {
      if (value.empty()) return std::optional<Term>();
      term.kind = Kind::kAddressBeginning;
      term.text = value;
    } else {
      return Wrong(word, "a host is an address or a prefix such as 10.0.0.0/8");
    }
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
    term.kind = Kind::kInterface;
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

absl::StatusOr<Filter> Filter::Parse(std::string_view text) {
  Filter filter;
  for (size_t at = text.find_first_not_of(' '); at < text.size(); at = text.find_first_not_of(' ', at)) {
    const std::string_view word = text.substr(at, text.find(' ', at) - at);
    absl::StatusOr<std::optional<Term>> term = ParseTerm(word, /*unfinished=*/false);
    if (!term.ok()) return term.status();
    if (term->has_value()) filter.terms_.push_back(**std::move(term));
    at += word.size();
  }
  return filter;
}

Filter Filter::ParseUnfinished(std::string_view text) {
  Filter filter;
  for (size_t at = text.find_first_not_of(' '); at < text.size(); at = text.find_first_not_of(' ', at)) {
    const std::string_view word = text.substr(at, text.find(' ', at) - at);
    absl::StatusOr<std::optional<Term>> term = ParseTerm(word, /*unfinished=*/true);
    if (!term.ok()) {
      filter.ignored_terms_.emplace_back(word);
    } else if (term->has_value()) {
      filter.terms_.push_back(**std::move(term));
    }
    at += word.size();
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
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return TermMatches(term, connection, snapshot, name_of) != term.negated;
  });
}

bool Filter::TermMatches(const Term& term, const ConnectionSummary& connection, const Snapshot& snapshot,
                         const NameOf* name_of) {
  const auto either = [&](auto&& matches) {
    return (term.side != Side::kServer && matches(connection.client)) ||
           (term.side != Side::kClient && matches(connection.server));
  };
  const auto interface_contains = [&] {
    return connection.interface < snapshot.interfaces.size() &&
           ToLower(snapshot.interfaces[connection.interface].name).find(term.text) != std::string::npos;
  };
  switch (term.kind) {
    case Kind::kText:
      return ContainsText(connection, term.text) || interface_contains() ||
             (name_of != nullptr && either([&](const Endpoint& endpoint) {
                return ToLower((*name_of)(endpoint.address)).find(term.text) != std::string::npos;
              }));
    case Kind::kPort:
      return either([&](const Endpoint& end) { return end.port >= term.first_port && end.port <= term.last_port; });
    case Kind::kNetwork:
      return either([&](const Endpoint& end) {
        return end.address.is_v4() == term.network.is_v4() &&
               end.address.Prefix(std::min(term.prefix_bits, 32), term.prefix_bits) == term.network;
      });
    case Kind::kAddressBeginning:
      return either([&](const Endpoint& end) { return StartsWith(end.address.ToString(), term.text); });
    case Kind::kState:
      return (term.states >> static_cast<int>(connection.state) & 1) != 0;
    case Kind::kInterface:
      return interface_contains();
  }
  return false;
}

}  // namespace tcpgauge
