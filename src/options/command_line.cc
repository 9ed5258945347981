// SPDX-License-Identifier: Apache-2.0
#include "src/options/command_line.h"

#include <getopt.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "src/base/strings.h"
#include "src/naming/name_rule.h"
#include "src/net/http_url.h"
#include "src/net/ip_address.h"
#include "src/options/help_text.h"
#include "src/options/nearest_option.h"
#include "src/options/option_table.h"
#include "src/options/option_value.h"
#include "src/options/watched.h"

namespace tcpgauge {
namespace {

using Kind = OptionSpec::Kind;

const OptionSpec* FindLong(const std::string& name) {
  for (const OptionSpec& spec : OptionTable()) {
    if (name == spec.long_name) return &spec;
  }
  return nullptr;
}

const OptionSpec* FindShort(char name) {
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.short_name != 0 && name == spec.short_name) return &spec;
  }
  return nullptr;
}

bool TakesValue(const OptionSpec& spec) { return spec.kind == Kind::kValue || spec.kind == Kind::kRepeated; }

// The command line, split up. No value has been checked yet.
struct Typed {
  std::vector<std::vector<std::string>> values;  // per row of the table; empty = not given
  std::vector<std::string> filter_words;
};

absl::Status UnknownLongOption(const std::string& word) {
  const std::string nearest = NearestOption(word.substr(2, word.find('=') - 2));
  return absl::InvalidArgumentError(
      absl::StrCat("unknown option ", Quoted(word),
                   nearest.empty() ? "; --help lists all options" : absl::StrCat("; did you mean --", nearest, "?")));
}

absl::Status UnknownShortOption(char name) {
  return absl::InvalidArgumentError(
      absl::StrCat("unknown option ", Quoted(std::string("-") + name),
                   "; --help lists all options, and a filter that begins with - goes after --"));
}

absl::Status MissingValue(const OptionSpec& spec) {
  return absl::InvalidArgumentError(absl::StrCat("--", spec.long_name, ": a value is missing; right would be --",
                                                 spec.long_name, " ", spec.value_name));
}

// Whether a word after an option without `=` is the address of an agent, and not a word of the filter: a URL, a socket,
// an IP address, or a host with a port. A host's name alone could be both.
bool IsAgentsAddress(std::string_view word) {
  if (word.find("://") != std::string_view::npos || StartsWith(word, "unix:") || StartsWith(word, "[")) return true;
  if (IpAddress::Parse(word).has_value()) return true;
  const size_t colon = word.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == word.size()) return false;
  return word.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

// For the option in row `i` of the table, getopt_long() returns kFirstLongCode + i when its long name was typed. When
// its short name was typed, it returns that letter.
constexpr int kFirstLongCode = 256;

const OptionSpec& SpecOfCode(int code) {
  return code < kFirstLongCode ? *FindShort(static_cast<char>(code)) : OptionTable()[code - kFirstLongCode];
}

// For getopt_long(). The dash makes it return words of the filter as they come, so that options may follow them even
// when the environment has POSIXLY_CORRECT. The colon makes it tell a missing value from an unknown option.
std::string ShortOptions() {
  std::string letters = "-:";
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.short_name != 0) absl::StrAppend(&letters, std::string(1, spec.short_name), TakesValue(spec) ? ":" : "");
  }
  return letters;
}

std::vector<option> LongOptions() {
  std::vector<option> longs;
  for (const OptionSpec& spec : OptionTable()) {
    const int code = kFirstLongCode + static_cast<int>(longs.size());
    longs.push_back({spec.long_name, TakesValue(spec) ? required_argument : optional_argument, nullptr, code});
  }
  longs.push_back({});
  return longs;
}

// Splits the command line into options and words of the filter, by the rules of getopt_long(3), which tcptrack's users
// know. One rule is stricter: a long name cannot be abbreviated, so that a new option never changes what an old command
// line means.
absl::Status Tokenize(int argc, const char* const* argv, Typed* typed) {
  const std::string short_options = ShortOptions();
  const std::vector<option> long_options = LongOptions();
  typed->values.resize(OptionTable().size());
  if (argc == 0) return absl::OkStatus();  // there may be no words at all, and no pointer to them
  // getopt_long() changes neither the words nor, with the dash in `short_options`, their order.
  char* const* const words = const_cast<char* const*>(argv);
  opterr = 0;                                // keeps getopt_long() from printing messages
  optind = 0;                                // makes glibc begin a new command line, at word 1
  std::vector<std::string>* open = nullptr;  // the values of a kOptional that may still get one
  while (true) {
    const int index = std::max(optind, 1);  // of the current word
    const int code = getopt_long(argc, words, short_options.c_str(), long_options.data(), nullptr);
    if (code == -1) break;
    if (code == 1) {
      if (open != nullptr && IsAgentsAddress(optarg)) {
        open->back() = optarg;
      } else {
        typed->filter_words.emplace_back(optarg);
      }
      open = nullptr;
      continue;
    }
    open = nullptr;
    const std::string word = words[index];
    if (word.compare(0, 2, "--") == 0) {
      // getopt_long() accepts abbreviations; FindLong() does not.
      if (FindLong(word.substr(2, word.find('=') - 2)) == nullptr) return UnknownLongOption(word);
    } else if (code == '?') {
      return UnknownShortOption(static_cast<char>(optopt));
    }
    if (code == ':') return MissingValue(SpecOfCode(optopt));
    const OptionSpec& spec = SpecOfCode(code);
    std::vector<std::string>& values = typed->values[&spec - OptionTable().data()];
    if (optarg != nullptr) {
      values.emplace_back(optarg);
    } else {
      values.emplace_back(spec.kind == Kind::kOptional ? "" : "true");
      if (spec.kind == Kind::kOptional) open = &values;
    }
  }
  typed->filter_words.insert(typed->filter_words.end(), words + std::min(std::max(optind, 1), argc), words + argc);
  return absl::OkStatus();
}

// `source` is the option or the variable that the values come from.
absl::Status Take(const OptionSpec& spec, const std::string& source, const std::vector<std::string>& values,
                  Options* options) {
  if (spec.kind == Kind::kRepeated) spec.clear(options);
  const size_t first = spec.kind == Kind::kRepeated ? 0 : values.size() - 1;
  for (size_t i = first; i < values.size(); ++i) {
    const absl::Status status = spec.take(values[i], options);
    if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat(source, ": ", status.message()));
  }
  return absl::OkStatus();
}

// Empty when the environment does not set the option.
std::vector<std::string> ValuesInEnvironment(const OptionSpec& spec, const Environment& environment) {
  const char* value = environment(EnvironmentName(spec).c_str());
  if (value == nullptr) return {};
  const bool empty_has_a_meaning = std::strcmp(spec.long_name, "web.listen-address") == 0;
  if (*value == '\0' && !empty_has_a_meaning) return {};
  if (spec.kind != Kind::kRepeated) return {value};
  return absl::StrSplit(value, ',');
}

std::string EffectiveValue(const OptionSpec& spec, const std::vector<std::string>& values, const Options& options) {
  if (spec.kind == Kind::kRepeated && !values.empty()) return absl::StrJoin(values, ",");
  if (!values.empty()) return values.back();
  if (std::strcmp(spec.long_name, "tui") == 0 && options.tui) return "true";
  if (std::strcmp(spec.long_name, "web.listen-address") == 0 && options.listen_addresses.empty()) return "";
  return spec.kind == Kind::kFlag ? "false" : spec.default_text;
}

absl::Status CheckNames(const Options& options) {
  if (!options.read_file.empty() && options.identity != IdentityLevel::kOff) {
    return absl::InvalidArgumentError(
        "--identity: a file's addresses may be another host's, so this host's names are not given to them; leave "
        "--identity out, or name a file of names with --identity.file");
  }
  if (options.read_file.empty() && options.identity == IdentityLevel::kOff && !options.identity_file.empty()) {
    return absl::InvalidArgumentError(
        "--identity.file: with --identity off there are no names to write; leave one of the two out");
  }
  return absl::OkStatus();
}

// Takes what Kubernetes tells a pod in its environment, unless the options already say it.
absl::Status TakeKubernetes(const Environment& environment, Options* options) {
  const auto variable = [&environment](const char* name) {
    const char* value = environment(name);
    return std::string(value == nullptr ? "" : value);
  };
  const bool asks_api = options->identity >= IdentityLevel::kNode;
  if (const std::string node = variable("NODE_NAME"); options->identity_node.empty() && !node.empty()) {
    if (IsName(node)) {
      options->identity_node = node;
    } else if (asks_api) {
      return absl::InvalidArgumentError(absl::StrCat(
          "NODE_NAME: ", Quoted(node), " is not the name of a node; correct it, or use --identity.node NAME"));
    }
  }
  if (!asks_api || !options->identity_api.empty()) return absl::OkStatus();
  const std::string host = variable("KUBERNETES_SERVICE_HOST");
  if (host.empty()) {
    return absl::InvalidArgumentError(
        "--identity: node and cluster ask the Kubernetes API, and KUBERNETES_SERVICE_HOST is not set, as it is in a "
        "pod; use --identity.api URL, or --identity local");
  }
  const std::string port = variable("KUBERNETES_SERVICE_PORT");
  const bool is_v6 = host.find(':') != std::string::npos;
  options->identity_api =
      absl::StrCat("https://", is_v6 ? "[" : "", host, is_v6 ? "]" : "", ":", port.empty() ? "443" : port);
  if (IsHttpUrl(options->identity_api)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("KUBERNETES_SERVICE_HOST: ", Quoted(options->identity_api),
                                                 " is not the URL of a Kubernetes API; use --identity.api URL"));
}

absl::Status CheckTogether(bool as_tcptrack, Options* options) {
  if (as_tcptrack && !options->read_file.empty()) options->interfaces.clear();
  if (!options->attach.empty()) {
    if (!options->tui) return absl::InvalidArgumentError("--attach: shows the top view; leave --tui=false out");
    if (!options->interfaces.empty() || !options->read_file.empty() || !options->filter.empty()) {
      return absl::InvalidArgumentError(
          "--attach: the agent's own options say what it captures; leave --interface, --read and FILTER out; a host's "
          "name needs the form --attach=NAME");
    }
    if (!options->connection_log.empty()) {
      return absl::InvalidArgumentError("--attach: the agent writes the log; leave --connection-log out");
    }
    if (options->output != OutputFormat::kNone || options->duration_seconds > 0) {
      return absl::InvalidArgumentError(
          "--attach: the top view runs until it is quit; leave --output and --duration out");
    }
    if (!options->otlp_endpoint.empty()) {
      return absl::InvalidArgumentError("--attach: the agent pushes its metrics; leave --otlp.endpoint out");
    }
    if (!options->identity_file.empty()) {
      return absl::InvalidArgumentError("--attach: the agent names the ends; leave --identity.file out");
    }
    return absl::OkStatus();
  }
  if (as_tcptrack && options->interfaces.empty() && options->read_file.empty() && !options->list_interfaces) {
    return absl::InvalidArgumentError("an interface is missing; right would be -i NAME, or -T FILE");
  }
  if (options->systemd_socket && !options->listen_addresses.empty()) {
    return absl::InvalidArgumentError(
        "--web.systemd-socket and --web.listen-address exclude each other: systemd chooses the addresses; give one of "
        "them");
  }
  if (!options->interfaces.empty() && !options->read_file.empty()) {
    return absl::InvalidArgumentError("--interface and --read exclude each other; give one of them");
  }
  if (options->wait && options->interfaces.empty()) {
    return absl::InvalidArgumentError("--wait: say what to wait for; right would be -i NAME --wait");
  }
  const auto& interfaces = options->interfaces;
  const bool captures_any = std::find(interfaces.begin(), interfaces.end(), "any") != interfaces.end();
  if (captures_any && options->workers > 1 && !options->count_views) {
    // A worker reads its own packets before those that other workers hand over. So the end of a connection would be
    // counted where its packets are read first, and not where they come first.
    return absl::InvalidArgumentError(
        "--workers: with -i any, only one worker counts a translated connection once and with the right addresses; "
        "leave --workers out, or add --count-views");
  }
  if (options->duration_seconds > 0 && !options->read_file.empty()) {
    return absl::InvalidArgumentError(
        "--duration and --read exclude each other: a file is read to its end; give one of them");
  }
  if (absl::Status status = CheckNames(*options); !status.ok()) return status;
  if (options->output != OutputFormat::kNone) {
    if (options->read_file.empty() && options->duration_seconds == 0) {
      return absl::InvalidArgumentError("--output prints the final state: give --read FILE or --duration SECONDS too");
    }
    if (options->tui) {
      return absl::InvalidArgumentError("--output and --tui exclude each other; give one of them");
    }
    if (options->connection_log == "-") {
      return absl::InvalidArgumentError(
          "--connection-log: '-' would mix with what --output prints; name a file, or leave --output out");
    }
  }
  if (options->tui && options->connection_log == "-") {
    return absl::InvalidArgumentError(
        "--connection-log: '-' would write into the top view; name a file, or leave --tui out");
  }
  return absl::OkStatus();
}

// `watched` is what the command line says. Ignores the environment where it has no effect on that.
absl::Status Fill(const Typed& typed, const Environment& environment, std::optional<Watched> watched,
                  Options* options) {
  for (size_t i = 0; i < OptionTable().size(); ++i) {
    const OptionSpec& spec = OptionTable()[i];
    if (spec.kind == Kind::kQuestion) continue;
    const bool is_typed = !typed.values[i].empty();
    const bool has_effect = !watched.has_value() || CanHaveEffect(spec.long_name, *watched);
    std::vector<std::string> values = typed.values[i];
    if (!is_typed && has_effect) values = ValuesInEnvironment(spec, environment);
    if (!values.empty()) {
      const std::string source = is_typed ? absl::StrCat("--", spec.long_name) : EnvironmentName(spec);
      const absl::Status status = Take(spec, source, values, options);
      if (!status.ok()) return status;
    }
    options->effective.emplace_back(spec.long_name, EffectiveValue(spec, values, *options));
  }
  options->filter = absl::StrJoin(typed.filter_words, " ");
  return absl::OkStatus();
}

void ListenOnNothing(Options* options) {
  options->listen_addresses.clear();
  for (auto& [name, value] : options->effective) {
    if (name == "web.listen-address") value.clear();
  }
}

bool Given(const Typed& typed, const char* long_name) {
  const OptionSpec* spec = FindLong(long_name);
  return spec != nullptr && !typed.values[spec - OptionTable().data()].empty();
}

// Nullopt if the command line does not say what to watch.
std::optional<Watched> WatchedAsTyped(const Typed& typed) {
  if (Given(typed, "attach")) return Watched::kElsewhere;
  if (Given(typed, "read")) return Watched::kFile;
  if (Given(typed, "interface")) return Watched::kInterfaces;
  return std::nullopt;
}

Watched WatchedOf(const Options& options) {
  if (!options.attach.empty()) return Watched::kElsewhere;
  return options.read_file.empty() ? Watched::kInterfaces : Watched::kFile;
}

// Returns an error that names the typed options that have no effect, if there are any. A service's environment is not
// meant for a command that somebody types beside it, so it is not checked.
absl::Status CheckEffects(const Typed& typed, bool as_tcptrack, Watched watched) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : OptionTable()) {
    if (!Given(typed, spec.long_name) || CanHaveEffect(spec.long_name, watched)) continue;
    // As in tcptrack, where a file wins over -i, and -p goes with it.
    const std::string_view name = spec.long_name;
    if (as_tcptrack && watched == Watched::kFile && (name == "interface" || name == "no-promiscuous")) continue;
    names.push_back(absl::StrCat("--", spec.long_name));
  }
  if (names.empty()) return absl::OkStatus();
  const bool is_one = names.size() == 1;
  const char* const reason = watched == Watched::kElsewhere ? " with --attach, because the agent's own options count"
                             : watched == Watched::kFile    ? " with --read"
                                                            : " without --attach";
  return absl::InvalidArgumentError(absl::StrCat(absl::StrJoin(names, ", "), is_one ? " has" : " have", " no effect",
                                                 reason, "; leave ", is_one ? "it" : "them", " out"));
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv, const Environment& environment,
                             const std::string& version_text) {
  const std::string path = argc > 0 ? argv[0] : "tcpgauge";
  const bool as_tcptrack = path.substr(path.rfind('/') + 1) == "tcptrack";  // npos + 1 is 0
  const auto error = [as_tcptrack](const absl::Status& status) {
    return UsageError{absl::StrCat(as_tcptrack ? "tcptrack" : "tcpgauge", ": ", status.message())};
  };

  Typed typed;
  absl::Status status = Tokenize(argc, argv, &typed);
  if (!status.ok()) return error(status);
  if (Given(typed, "help")) return Answer{HelpText()};
  if (Given(typed, "version")) return Answer{version_text};

  Options options;
  options.as_tcptrack = as_tcptrack;
  if (as_tcptrack) {
    options.tui = true;
    options.listen_addresses.clear();
  }
  // When the command line says what to watch, the environment neither says it too, nor sets what has no effect then.
  // The level of names has one with --read, where it must be off.
  const std::optional<Watched> watched = WatchedAsTyped(typed);
  const Environment other_environment = [&](const char* name) -> const char* {
    const std::string_view variable = name;
    const bool is_ignored = watched.has_value() && (variable == "TCPGAUGE_INTERFACE" || variable == "TCPGAUGE_READ" ||
                                                    (watched == Watched::kFile && variable == "TCPGAUGE_IDENTITY"));
    return is_ignored ? nullptr : environment(name);
  };
  const auto is_set = [&](const char* long_name) {
    return Given(typed, long_name) || !ValuesInEnvironment(*FindLong(long_name), other_environment).empty();
  };
  status = Fill(typed, other_environment, watched, &options);
  if (options.output != OutputFormat::kNone) {
    // --output prints once and ends, so there is no listener and no top view by default.
    if (!is_set("web.listen-address")) ListenOnNothing(&options);
    if (!is_set("tui")) options.tui = false;
  }
  if (!options.attach.empty() && !is_set("tui")) options.tui = true;
  if (options.systemd_socket && !is_set("web.listen-address")) ListenOnNothing(&options);
  options.may_serve_nothing = options.tui && !options.systemd_socket && !is_set("web.listen-address");
  if (!options.attach.empty() || (!options.read_file.empty() && !is_set("identity"))) {
    options.identity = IdentityLevel::kOff;
  }
  options.otlp_only_by_option = as_tcptrack || options.output != OutputFormat::kNone;
  if (status.ok()) status = CheckTogether(as_tcptrack, &options);
  if (status.ok() && !options.read_file.empty() && !options.identity_file.empty() && is_set("identity")) {
    status = absl::InvalidArgumentError(
        "--identity.file: with --identity off the ends have no names; leave --identity out to take them from the file, "
        "or leave --identity.file out");
  }
  if (status.ok()) status = CheckEffects(typed, as_tcptrack, WatchedOf(options));
  if (status.ok()) status = TakeKubernetes(environment, &options);
  if (!status.ok()) return error(status);
  return options;
}

}  // namespace tcpgauge
