// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_FILTER_H_
#define TCPGAUGE_SRC_SNAPSHOT_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/naming/end_identity.h"
#include "src/net/connection_state.h"
#include "src/net/ip_address.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Decides which connections of a snapshot a user sees. (A capture filter, by contrast, decides which packets are
// captured at all.)
//
// A filter is written as a list of terms with spaces between them. A connection matches if all terms match it:
//
//   port:443          the port of the client or of the server is 443
//   port:8000-8999    the port of the client or of the server is in this range
//   host:192.0.2.1    the client or the server has this address
//   host:10.0.0.0/8   the address of the client or of the server has this prefix
//   client:ADDRESS    like host:, but only for the client
//   server:ADDRESS    like host:, but only for the server
//   service:ADDRESS   like host:, but for the address that the client used (ConnectionSummary::service), before any
//                     translation to that of the server; a port may follow, as in service:10.96.0.10:443 or
//                     service:[2001:db8::1]:443
//   state:estab       the state's name, in the metrics or in the program tcptrack, begins with this
//   interface:eth     the interface's name contains this
//   pod:web           the name of the client's or of the server's pod contains this
//   ns:shop           the same for the namespace of Kubernetes
//   workload:web      the same for the workload, such as a Deployment, a container of a host or a systemd unit
//   unit:nginx        the same for a workload that is a systemd unit
//   TEXT              "ADDRESS:PORT" of the client or of the server, a name of the state, the interface's name, or a
//                     name of the client or of the server (namespace, pod, workload, container or service) contains
//                     this; every term without one of the keys above is a TEXT
//   !TERM             the term does not match
//
// Letter case does not matter.
//
// Thread: an immutable value; any thread may read it.
// Bounds: kMaxTerms terms of kMaxTermBytes. A filter comes from a client over HTTP too, and each term is compared with
// each connection.
class Filter {
 public:
  // The most terms of a filter. Unfinished terms that match every connection, such as "port:", do not count (see
  // ParseUnfinished()).
  static constexpr size_t kMaxTerms = 64;
  // The most bytes of a term, its "!" and its key included. Enough for the longest host name, which has 255 bytes (RFC
  // 1035 section 2.3.4).
  static constexpr size_t kMaxTermBytes = 512;

  // Returns the host name of an address, or an empty string when the name is not known.
  using NameOf = absl::FunctionRef<std::string(const IpAddress&)>;

  // A filter without terms, which matches every connection.
  Filter() = default;

  // Parses a complete filter. An empty text matches every connection.
  // Errors: InvalidArgument names the first wrong term, or the bound that the filter exceeds, and says what would be
  // right.
  static absl::StatusOr<Filter> Parse(std::string_view text);

  // Parses a filter that the user is still typing. An incomplete term is used as far as it goes: "host:10.0." matches
  // every address that begins with these characters, and "port:" matches every connection. A term that is wrong or
  // exceeds a bound is skipped, and listed in ignored_terms().
  static Filter ParseUnfinished(std::string_view text);

  // Whether `connection`, which is one of `snapshot`, matches.
  bool Matches(const ConnectionSummary& connection, const Snapshot& snapshot) const;
  // As above, but a TEXT term also matches if the host name of the client or of the server contains the text. `name_of`
  // is called only during the call, and at most once for the client and once for the server.
  bool Matches(const ConnectionSummary& connection, const Snapshot& snapshot, NameOf name_of) const;

  // Whether the filter has no terms and so matches every connection.
  bool empty() const { return terms_.empty(); }
  // The terms that ParseUnfinished() skipped, as the user typed them.
  const std::vector<std::string>& ignored_terms() const { return ignored_terms_; }

 private:
  class RowText;
  enum class Kind : uint8_t {
    kText,
    kPort,
    kNetwork,
    kAddressBeginning,
    kState,
    kInterface,
    kPod,
    kNamespace,
    kWorkload,
    kUnit,
  };
  enum class Side : uint8_t { kEither, kClient, kServer, kService };

  struct Term {
    Kind kind = Kind::kText;
    Side side = Side::kEither;
    bool negated = false;
    std::string text;  // in lower case; for the kinds that no member below names
    // kPort, kNetwork: the first and the last port of a range. All ports, unless the term names some.
    uint16_t first_port = 0;
    uint16_t last_port = UINT16_MAX;
    IpAddress network;    // kNetwork
    int prefix_bits = 0;  // kNetwork: of 32 for IPv4, of 128 for IPv6
    uint8_t states = 0;   // kState: bit i is set if ConnectionState i matches
  };

  // Parses one term. `unfinished`: by the rules of ParseUnfinished(). Returns nullopt for an unfinished term that
  // matches every connection, such as "port:".
  static absl::StatusOr<std::optional<Term>> ParseTerm(std::string_view word, bool unfinished);
  // Parses an address or a prefix. Sets the kind of `*term` and the members that the kind uses. `word` is the whole
  // term, which an error names. REQUIRES: term->side is set.
  static absl::Status ParseHost(std::string_view word, std::string_view value, bool unfinished, Term* term);
  // As above, but a port may follow, and an IPv6 address may be in brackets.
  static absl::Status ParseService(std::string_view word, std::string_view value, bool unfinished, Term* term);
  // Parses `word` and appends its term, if ParseTerm() returns one. Every term of a filter is added here, so this
  // function checks the bounds.
  // Errors: InvalidArgument, as Parse() describes it.
  absl::Status Add(std::string_view word, bool unfinished);
  // Returns the kind of the terms with this key, if they look for a name of an end.
  static std::optional<Kind> NameKindOf(std::string_view key);
  static bool TermMatches(const Term& term, const ConnectionSummary& connection, const Snapshot& snapshot,
                          RowText* text);
  // REQUIRES: NameKindOf() returned the kind of `term`.
  static bool NameMatches(const Term& term, const IdentityRef& ref);
  bool MatchesAll(const ConnectionSummary& connection, const Snapshot& snapshot, const NameOf* name_of) const;

  std::vector<Term> terms_;
  std::vector<std::string> ignored_terms_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_FILTER_H_
