// SPDX-License-Identifier: Apache-2.0
#include "tui/pcap_page.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kMargin = 1;

// Puts `text` on as many lines as it needs. A line ends between two words if possible.
void AddWrapped(const std::string& text, int columns, Frame* frame) {
  std::string line;
  const auto end_line = [&] {
    frame->emplace_back();
    frame->back().Put(0, line, Style::kPlain);
    line.clear();
  };
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
    if (!line.empty() && ColumnsOf(line) + 1 + ColumnsOf(word) > columns) end_line();
    if (!line.empty()) line += ' ';
    line += word;
  }
  end_line();
}

}  // namespace

Frame BuildPcapPage(const PcapFilter& filter, int columns) {
  Frame frame;
  Line title(Style::kBar);
  title.Put(kMargin, "Filter for packet captures (pcap-filter)", Style::kBar);
  title.Put(columns - 10, "Esc: back", Style::kBar);
  frame.push_back(title);
  frame.emplace_back();
  if (filter.filter.empty()) {
    AddWrapped("This row has no address, so there is no filter for it.", columns, &frame);
    return frame;
  }
  AddWrapped(filter.filter, columns, &frame);
  frame.emplace_back();
  const std::string interface = filter.interface.empty() ? "any" : filter.interface;
  AddWrapped(absl::StrCat("tcpdump -n -i ", interface, " '", filter.filter, "'"), columns, &frame);
  if (!filter.note.empty()) {
    frame.emplace_back();
    AddWrapped(filter.note, columns, &frame);
  }
  return frame;
}

}  // namespace tcpgauge
