// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_FILTER_H_
#define TCPGAUGE_SRC_SNAPSHOT_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "src/net/connection_state.h"
#include "src/net/ip_address.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Which connections of a snapshot a user wants to see. Unlike a capture filter, it hides what was captured.
//
// The text is a list of terms, separated by blanks. All terms must hold; `!` before a term negates it:
//   port:443  port:8000-8999         the port of either end
//   host:192.0.2.1  host:10.0.0.0/8  the address of either end; client: and server: match one end only
//   state:established                the metrics' or tcptrack's name of the state (state:SYN_SENT), or its beginning
//   interface:eth0                   a part of the interface's name
//   text                             a part of the endpoints, the state or the interface's name
// Letter case does not matter.
//
// Thread: an immutable value, safe to read from any thread.
class Filter {
 public:
  // The resolved name of an address, which text terms search too; empty when it has no name.
  using NameOf = absl::FunctionRef<std::string(const IpAddress&)>;

  // Matches every connection.
  Filter() = default;

  // Errors: InvalidArgument names the first wrong term and says what would be right.
  static absl::StatusOr<Filter> Parse(std::string_view text);

  // For text that is being typed. An incomplete term counts as far as it goes: "host:10.0." matches the beginning of an
  // address, and "port:" matches every connection. A wrong term is skipped and listed in ignored_terms().
  static Filter ParseUnfinished(std::string_view text);

  bool Matches(const ConnectionSummary& connection, const Snapshot& snapshot) const;
  bool Matches(const ConnectionSummary& connection, const Snapshot& snapshot, NameOf name_of) const;

  bool empty() const { return terms_.empty(); }
  const std::vector<std::string>& ignored_terms() const { return ignored_terms_; }

 private:
  enum class Kind : uint8_t { kText, kPort, kNetwork, kAddressBeginning, kState, kInterface };
  enum class Side : uint8_t { kEither, kClient, kServer };

  struct Term {
    Kind kind = Kind::kText;
    Side side = Side::kEither;
    bool negated = false;
    std::string text;  // kText, kInterface, kAddressBeginning: in lower case
    uint16_t first_port = 0;
    uint16_t last_port = 0;
    IpAddress network;
    int prefix_bits = 0;
    uint8_t states = 0;  // bit i is set if ConnectionState i matches
  };

  // nullopt when the term is unfinished and says nothing yet.
  static absl::StatusOr<std::optional<Term>> ParseTerm(std::string_view word, bool unfinished);
  static bool TermMatches(const Term& term, const ConnectionSummary& connection, const Snapshot& snapshot,
                          const NameOf* name_of);
  bool MatchesAll(const ConnectionSummary& connection, const Snapshot& snapshot, const NameOf* name_of) const;

  std::vector<Term> terms_;
  std::vector<std::string> ignored_terms_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_FILTER_H_
