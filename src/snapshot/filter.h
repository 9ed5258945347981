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

// Which connections of a snapshot a user wants to see. Not a capture filter: it chooses among what was captured.
//
// Terms with blanks between, all of which must hold; `!` before a term reverses it:
//   port:443  port:8000-8999         the port of either end
//   host:192.0.2.1  host:10.0.0.0/8  the address of either end; client: and server: that of one
//   state:established                by either of its names (state:SYN_SENT), or by its beginning
//   interface:eth0                   a part of the interface's name
//   text                             a part of the endpoints, the state or the interface's name, in either case
//
// Thread: an immutable value.
class Filter {
 public:
  // Resolved names that text is looked for in too; empty where there is none.
  using NameOf = absl::FunctionRef<std::string(const IpAddress&)>;

  // Matches everything.
  Filter() = default;

  // InvalidArgument names the first term that is wrong, and what would be right.
  static absl::StatusOr<Filter> Parse(std::string_view text);

  // For text that is being typed: a term that is incomplete counts as far as it goes ("host:10.0." is the beginning of
  // an address, "port:" is nothing yet), a wrong one is left out, and ignored_terms() tells.
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
    std::string text;  // kText, kInterface: in lower case
    uint16_t first_port = 0;
    uint16_t last_port = 0;
    IpAddress network;
    int prefix_bits = 0;
    uint8_t states = 0;  // one bit each
  };

  static absl::StatusOr<std::optional<Term>> ParseTerm(std::string_view word, bool unfinished);
  static bool TermMatches(const Term& term, const ConnectionSummary& connection, const Snapshot& snapshot,
                          const NameOf* name_of);
  bool MatchesAll(const ConnectionSummary& connection, const Snapshot& snapshot, const NameOf* name_of) const;

  std::vector<Term> terms_;
  std::vector<std::string> ignored_terms_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_FILTER_H_
