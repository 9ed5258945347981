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

// The rules by which connections keep their places. The caller decides when the rules for a crowd apply: see
// ConnectionPlaces::Overdue().
struct PlaceRules {
  size_t places = 512;
  // How many places one client may have before its connections count as worse than those of others. Not 0.
  size_t share = 32;
  // The longest time from the first byte of a request to the end of its head. For the first request of a connection,
  // the time begins when the connection is opened.
  int64_t request_ns = 9 * kNanosecondsPerSecond;
  // The longest time between a response and the next request.
  int64_t idle_ns = 60 * kNanosecondsPerSecond;
  // The longest time to make a response, and the longest time to send it.
  int64_t response_ns = 60 * kNanosecondsPerSecond;
  // How long Phase::kClosing may last once the client has taken the last response. Until then, response_ns is the
  // limit.
  int64_t closing_ns = 2 * kNanosecondsPerSecond;

  // The rules for a crowd. A request must be received within `crowded_request_ns` or request_ns, whichever is shorter.
  // While at least `crowded_pending_bytes` are pending for a client, it must take `crowded_bytes_per_second`. It may
  // fall behind by as many bytes as it should take in `crowded_behind_ns`.
  int64_t crowded_request_ns = 5 * kNanosecondsPerSecond;
  uint64_t crowded_pending_bytes = 16000;
  uint64_t crowded_bytes_per_second = 4000;
  int64_t crowded_behind_ns = 5 * kNanosecondsPerSecond;
};

// The places that a server has for connections. Decides which connections must give their places back: each one that
// exceeds a time limit, and the worst one when a new connection needs a place.
//
// Design. Places are scarce. A client that neither sends its request nor reads its response keeps its place at no cost.
// A time-out that is fair to slow clients is too long to keep a place free for a scrape. Therefore a new connection
// always gets a place. When all places are taken, the connection in the first of these cases gives its place back:
//
// 1. one whose client has taken the last response, and has not closed its end;
// 2. one whose request is not complete after kBehindNs, or whose client is behind the speed of
//    PlaceRules::crowded_bytes_per_second by kBehindNs or more;
// 3. one that has been idle between requests for kIdleNs or longer;
// 4. one whose request is not complete, or whose response is being sent and that was opened less than kProvenNs ago;
// 5. one that has been idle between requests for a shorter time;
// 6. one whose response is being sent and that was opened earlier;
// 7. one whose response is being made.
//
// Among several connections in the same case, the one whose last progress is the oldest gives its place back, or in
// case 7 the one whose last progress is the newest. The last progress is Place::taken_ns while bytes are pending, and
// Place::since_ns otherwise. A client with more places than PlaceRules::share is at a disadvantage: if it has n times
// as many, the time since the last progress of each of its connections is multiplied by n (divided by n in case 7). So
// a client that sends its request at once and reads its response is the last to lose its place, even if hundreds of
// connections from the same address do neither.
//
// Thread: confined to one thread.
// Time: `now_ns` is steady time, and never falls from call to call.
// Bounds: None of its own. After each Add() that makes is_over_limit() true, the caller closes Victim().
class ConnectionPlaces {
 public:
  static constexpr int64_t kIdleNs = kNanosecondsPerSecond;
  static constexpr int64_t kBehindNs = kNanosecondsPerSecond;
  static constexpr int64_t kProvenNs = kNanosecondsPerSecond;

  enum class Phase {
    kRequest,    // waits for the end of the TLS handshake, or for the head of a request
    kAnswering,  // the response is being made
    kSending,    // the response is being sent
    kClosing,    // the last response was sent, and the client has not closed its end
  };

  struct Place {
    std::string client;           // ClientAddress()
    std::function<void()> close;  // closes the connection and calls Remove()
    Phase phase = Phase::kRequest;
    // In Phase::kRequest: a part of a request was received, or the first request of the connection is awaited.
    bool is_half = true;
    int64_t opened_ns = 0;
    int64_t since_ns = 0;        // when the phase began, or the first byte of a further request was received
    uint64_t taken_bytes = 0;    // what the client has taken on the whole connection
    uint64_t pending_bytes = 0;  // what was made for the client and is not taken
    int64_t taken_ns = 0;        // when the client last took bytes, or the phase began
    // How far the client is behind crowded_bytes_per_second. What it takes reduces this time. 0 unless at least
    // crowded_pending_bytes are pending.
    int64_t behind_ns = 0;
    int64_t observed_ns = 0;  // of the last Observe()
  };
  using Handle = std::list<Place>::iterator;  // valid until Remove()

  explicit ConnectionPlaces(const PlaceRules& rules) : rules_(rules) {}

  // Gives a place to a connection of `client`, in Phase::kRequest. `close` is Place::close.
  Handle Add(std::string client, int64_t now_ns, std::function<void()> close);
  void Remove(Handle place);
  // Calls Place::close, so `place` is invalid afterwards.
  static void Close(Handle place);

  // Sets the phase of `place`.
  static void Begin(Handle place, Phase phase, int64_t now_ns);
  // Tells that bytes of a request were received. Only the first call for a further request has an effect.
  static void BeginRequest(Handle place, int64_t now_ns);
  // Sets Place::taken_bytes and Place::pending_bytes. Call it when the sending of a response begins, when a part of the
  // response was sent, and every tenth of a second.
  void Observe(Handle place, uint64_t taken_bytes, uint64_t pending_bytes, int64_t now_ns) const;

  size_t size() const { return places_.size(); }
  bool is_over_limit() const { return places_.size() > rules_.places; }
  // Returns whether at least half of the places are taken. Slow clients are then in the way of others.
  bool is_crowded() const { return places_.size() * 2 >= rules_.places; }

  // Returns the place to give back when all are taken. It is never the one that was added last. If there is no other
  // place, returns end().
  Handle Victim(int64_t now_ns);
  // Returns the place whose Place::behind_ns is the longest, or end() if all are shorter than kBehindNs.
  Handle SlowestReader();
  Handle end() { return places_.end(); }

  // Returns the places whose time is over. `use_crowd_rules`: whether the rules for a crowd apply.
  std::vector<Handle> Overdue(int64_t now_ns, bool use_crowd_rules);

 private:
  // Returns the number of the case of the design that applies to `place`. 1 is the worst.
  static int Rank(const Place& place, int64_t now_ns);
  bool IsOverdue(const Place& place, int64_t now_ns, bool use_crowd_rules) const;

  const PlaceRules rules_;
  std::list<Place> places_;
  std::map<std::string, size_t> count_of_client_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONNECTION_PLACES_H_
