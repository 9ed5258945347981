// SPDX-License-Identifier: Apache-2.0
#include "src/options/help_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/options/option_table.h"

namespace tcpgauge {
namespace {

constexpr size_t kWidth = 80;
constexpr size_t kMeaningColumn = 31;

constexpr char kHead[] =
    R"(tcpgauge watches the TCP connections that cross a network interface, and shows
them to Prometheus and in a top view.

Usage: tcpgauge [OPTION]... [--] [FILTER]

  tcpgauge                            serve http://127.0.0.1:10406/metrics
  tcpgauge --tui -i eth0              capture on eth0, and show the top view
  tcpgauge --tui -i any port 443      only packets that match the filter
  tcpgauge --tui -T capture.pcap      show the connections of a file
  tcpgauge --attach                   show the top view of this host's agent
  tcpgauge -T capture.pcap --web.listen-address= --connection-log -
                                      print each connection of a file as JSON

FILTER is a pcap-filter(7) expression, as tcpdump takes it. Options may stand
before and after it. A filter with a word that begins with - must go after --.
Defaults are in brackets.
)";

constexpr char kFoot[] =
    R"(
Options can also be given in the environment: TCPGAUGE_ and the long name in
capitals, with _ for . and -, as in TCPGAUGE_WEB_LISTEN_ADDRESS. There, flags
are true or false, and values of repeatable options are separated by commas. The
command line wins. An empty variable counts as not set, except that an empty
TCPGAUGE_WEB_LISTEN_ADDRESS means no HTTP. The log warns of a variable that is
not an option.

Exit status: 0 after the end that was asked for; 1 if something outside the
command is missing or in use (an interface, an address, a file, a privilege, a
resource), so that the same command may succeed later; 2 if the command is wrong
(an option, a value, the filter, the content of the web configuration).

When called by the name tcptrack, it behaves like tcptrack(1): it shows the top
view, and serves no HTTP unless an address is given.
)";

// Appends `text` to the last line of `out`, broken at spaces; further lines are indented by `indent`.
void AppendWrapped(const std::string& text, size_t indent, std::string* out) {
  size_t column = indent;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      absl::StrAppend(out, "\n", std::string(indent, ' '));
      column = indent;
    } else if (column > indent) {
      *out += ' ';
      ++column;
    }
    *out += word;
    column += word.size();
  }
  *out += '\n';
}

void AppendOption(const OptionSpec& spec, std::string* out) {
  std::string left = spec.short_name == 0 ? "      " : absl::StrCat("  -", std::string(1, spec.short_name), ", ");
  absl::StrAppend(&left, "--", spec.long_name);
  if (*spec.value_name != '\0') absl::StrAppend(&left, *spec.value_name == '[' ? "" : " ", spec.value_name);
  *out += left;
  if (left.size() + 2 > kMeaningColumn) {
    absl::StrAppend(out, "\n", std::string(kMeaningColumn, ' '));
  } else {
    *out += std::string(kMeaningColumn - left.size(), ' ');
  }
  std::string meaning = spec.meaning;
  if (*spec.default_text != '\0') absl::StrAppend(&meaning, " [", spec.default_text, "]");
  AppendWrapped(meaning, kMeaningColumn, out);
}

}  // namespace

std::string HelpText() {
  std::string text = kHead;
  const char* group = "";
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.group != group) {
      group = spec.group;
      absl::StrAppend(&text, "\n", group, ":\n");
    }
    AppendOption(spec, &text);
  }
  return text + kFoot;
}

}  // namespace tcpgauge
