// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CONNECTION_PLACES_H_
#define TCPGAUGE_EXPORTER_HTTP_CONNECTION_PLACES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "src/base/time_units.h"

namespace tcpgauge {

// The rules by which connections keep their places.
struct PlaceRules {
  size_t places = 512;
  // How many places one address may have before they count as worse than those of others.
  size_t share = 32;
  // The longest time in each phase; see ConnectionPlaces::Phase.
  int64_t first_request_ns = 9 * kNanosecondsPerSecond;
  int64_t next_request_ns = 60 * kNanosecondsPerSecond;
  int64_t response_ns = 60 * kNanosecondsPerSecond;
  int64_t closing_ns = 2 * kNanosecondsPerSecond;
  // While others wait, the longest time in which a request may be half received.
  int64_t crowded_request_ns = 5 * kNanosecondsPerSecond;
  // While others wait, a client that has not taken at least `crowded_pending_bytes` of what was made for it must take
  // `crowded_bytes_per_second`. It may fall behind for `crowded_behind_ns`.
  uint64_t crowded_pending_bytes = 16000;
  uint64_t crowded_bytes_per_second = 4000;
  int64_t crowded_behind_ns = 5 * kNanosecondsPerSecond;
};

// The places that the server has for connections, and who must give a place back: a connection that exceeds a time, and
// one whose place another needs.
//
// Design. A place is scarce, and a client that neither sends its request nor reads its response costs nothing to keep
// one. So no time-out that is fair to slow clients keeps a place free for a scrape. Instead, a new connection always
// gets a place. When all are taken, the worst connection gives one back:
//
// 1. one whose client has taken the last response, and has not closed its end;
// 2. one whose request is not complete after kBehindNs, or whose client has fallen as far behind the speed that the
//    rules for a crowd ask for;
// 3. one that is idle between requests for kIdleNs or longer;
// 4. one whose request is not complete, or that takes its response and was opened less than kProvenNs ago;
// 5. one that is idle for a shorter time;
// 6. one that takes its response, and is older;
// 7. one whose response is being made.
//
// Of two that are equally bad, the one goes that has made no progress for longer (in case 7, for shorter). The time of
// an address that has several times its share of the places (PlaceRules::share) counts as often. So a client that asks
// at once and reads what it asked for is the last to lose its place, even if it shares its address with hundreds that
// do not.
//
// Thread: not thread-safe; one thread uses it.
// Time: `now_ns` is steady time, and never falls from call to call.
// Bounds: the caller closes a victim for each Add() beyond PlaceRules::places.
class ConnectionPlaces {
 public:
  static constexpr int64_t kIdleNs = kNanosecondsPerSecond;
  static constexpr int64_t kBehindNs = kNanosecondsPerSecond;
  static constexpr int64_t kProvenNs = kNanosecondsPerSecond;

  enum class Phase {
    kRequest,    // the head of a request is awaited, or the end of the TLS handshake
    kAnswering,  // the response is made
    kSending,    // the response is sent
    kClosing,    // the last response was sent, and the client's end of the connection is awaited
  };

  struct Place {
    std::string client;
    std::function<void()> close;  // closes the connection and calls Remove()
    Phase phase = Phase::kRequest;
    bool is_half = true;  // in Phase::kRequest: a part of a request was received, or no request ever was
    int64_t opened_ns = 0;
    int64_t since_ns = 0;  // when the phase began
    // What the client has taken, on the whole connection, and what was made for it and is not taken.
    uint64_t taken_bytes = 0;
    uint64_t pending_bytes = 0;
    int64_t taken_ns = 0;  // when the client last took something, or the phase began
    // How far the client is behind the speed that the rules for a crowd ask for. It catches up with what it takes.
    int64_t behind_ns = 0;
    int64_t observed_ns = 0;
  };
  using Handle = std::list<Place>::iterator;  // valid until Remove()

  explicit ConnectionPlaces(const PlaceRules& rules) : rules_(rules) {}

  // Gives a place to a connection of `client`, in Phase::kRequest.
  Handle Add(std::string client, int64_t now_ns, std::function<void()> close);
  void Remove(Handle place);
  // Calls the `close` of `place`.
  static void Close(Handle place);

  static void Begin(Handle place, Phase phase, int64_t now_ns);
  // The first bytes of a further request were received.
  static void BeginRequest(Handle place, int64_t now_ns);
  // Sets what the client has taken and what is pending. Call it when a response begins to be sent, when a part of it
  // was sent, and every tenth of a second.
  void Observe(Handle place, uint64_t taken_bytes, uint64_t pending_bytes, int64_t now_ns) const;

  size_t size() const { return places_.size(); }
  bool is_over_limit() const { return places_.size() > rules_.places; }
  // Whether so many places are taken that slow clients are in the way of others.
  bool is_crowded() const { return places_.size() * 2 >= rules_.places; }

  // Returns the place that is given back when all are taken, or end() if there is no other than the latest. Never the
  // latest place.
  Handle Victim(int64_t now_ns);
  // Returns the place whose client is furthest behind, or end() if none is behind by kBehindNs or more.
  Handle SlowestReader();
  Handle end() { return places_.end(); }

  // Returns the places whose time is over. `others_wait` says whether the rules for a crowd apply.
  std::vector<Handle> Overdue(int64_t now_ns, bool others_wait);

 private:
  // How bad a place is; the numbers of the design.
  static int Rank(const Place& place, int64_t now_ns);
  bool IsOverdue(const Place& place, int64_t now_ns, bool others_wait) const;

  const PlaceRules rules_;
  std::list<Place> places_;
  std::map<std::string, size_t> count_of_client_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONNECTION_PLACES_H_
