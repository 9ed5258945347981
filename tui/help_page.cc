// SPDX-License-Identifier: Apache-2.0
#include "tui/help_page.h"

#include <string_view>

namespace tcpgauge {
namespace {

constexpr int kKeyColumn = 1;
constexpr int kTextColumn = 16;

struct Entry {
  std::string_view keys;
  std::string_view text;
};

constexpr Entry kEntries[] = {
    {"q  Ctrl-C", "quit"},
    {"p", "pause: no connection comes or goes, the numbers go on"},
    {"g", "groups: services, clients, pairs, workloads, interfaces"},
    {"s", "sort: unsorted, by rate, bytes, idle time; groups: by rate,"},
    {"", "failed connections, response time"},
    {"<  >", "sort by any column"},
    {"S", "reverse the order"},
    {"c", "hide closed connections"},
    {"o", "hold the order: rows stay where they are"},
    {"Up Down", "scroll; also PgUp PgDn Home End"},
    {"j  k", "mark the next or previous row; Esc: no mark"},
    {"Enter", "details of the marked row, or of the first; the connections"},
    {"", "of a group, and Esc returns to the groups"},
    {"F", "a pcap-filter for the marked row, ready to copy"},
    {"m", "the mouse: a click sorts or marks, twice opens; off gives the"},
    {"", "terminal's selection back (Shift often does too)"},
    {"/", "filter: text, port:443, port:8000-8999, host:10.0.0.0/8,"},
    {"", "client:HOST, server:HOST, service:10.96.0.10:443 (what the"},
    {"", "client addressed), state:established, interface:eth0, pod:NAME,"},
    {"", "ns:NAME, workload:NAME, unit:NAME (names: a part is enough);"},
    {"", "all must hold, ! before one reverses it; Esc clears"},
    {"b", "bits or bytes per second"},
    {"a", "rates over the rate window, 2, 10 or 40 s, or the lifetime;"},
    {"", "TOTAL is always over the rate window"},
    {"n", "names or numbers of hosts and services"},
    {"z", "reset the totals"},
    {"h  ?", "this help; any key leaves it"},
    {"Ctrl-L", "draw the screen anew, after another program wrote to it"},
};

}  // namespace

Frame BuildHelpPage() {
  Frame frame;
  Line title(Style::kBar);
  title.Put(kKeyColumn, "Keys", Style::kBar);
  frame.push_back(title);
  for (const Entry& entry : kEntries) {
    Line line;
    line.Put(kKeyColumn, entry.keys, Style::kTitle);
    line.Put(kTextColumn, entry.text, Style::kPlain);
    frame.push_back(line);
  }
  frame.emplace_back();
  for (const std::string_view text : {"Up is what the client sends, Down what the server sends: payload. The bar",
                                      "behind a row is its share of all rates. Loss: the share of packets that an end",
                                      "repeated, of the end with more. Resp: response time. Retr: retransmissions.",
                                      "Groups: Fail, Loss, Resp and RTT (of handshakes) are of the last minute; dim",
                                      "ones are of all time. Fail: connections refused, or never answered.",
                                      "Interfaces have no Fail, Stall and Loss (-) under a filter, which only open",
                                      "connections can pass, and of an older agent that does not tell them.",
                                      "Red means trouble: a reset connection, or a loss of 1 % and more."}) {
    Line line;
    line.Put(kKeyColumn, text, Style::kPlain);
    frame.push_back(line);
  }
  return frame;
}

}  // namespace tcpgauge
