// SPDX-License-Identifier: Apache-2.0
#include "src/options/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/options/option_table.h"

namespace tcpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Variables = std::map<std::string, std::string>;

CommandLine Parse(std::vector<const char*> words, const Variables& variables = {}) {
  const Environment environment = [&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
  return ParseCommandLine(static_cast<int>(words.size()), words.data(), environment, "version 1\n");
}

Options OptionsOf(std::vector<const char*> words, const Variables& variables = {}) {
  words.insert(words.begin(), "tcpgauge");
  const CommandLine result = Parse(words, variables);
  if (const UsageError* error = std::get_if<UsageError>(&result)) {
    ADD_FAILURE() << error->message;
    return Options();
  }
  return std::get<Options>(result);
}

std::string ErrorOf(std::vector<const char*> words, const Variables& variables = {}) {
  words.insert(words.begin(), "tcpgauge");
  const CommandLine result = Parse(words, variables);
  const UsageError* error = std::get_if<UsageError>(&result);
  if (error == nullptr) return "no error";
  EXPECT_THAT(error->message, Not(HasSubstr("\n")));
  return error->message;
}

TEST(CommandLine, WithoutWordsIsTheDefaults) {
  const Options options = OptionsOf({});
  EXPECT_THAT(options.interfaces, IsEmpty());
  EXPECT_THAT(options.listen_addresses, ElementsAre("127.0.0.1:10406"));
  EXPECT_TRUE(options.promiscuous);
  EXPECT_FALSE(options.tui);
  EXPECT_EQ(options.filter, "");
}

TEST(CommandLine, ReadsEveryOption) {
  const Options options = OptionsOf({"--interface",
                                     "eth0",
                                     "-i",
                                     "eth1",
                                     "--new-only",
                                     "--count-views",
                                     "--fast",
                                     "--no-promiscuous",
                                     "--remove-after",
                                     "5.5",
                                     "--rate-window=3",
                                     "--tui",
                                     "--connection-log",
                                     "log.json",
                                     "--max-connections",
                                     "1000",
                                     "--max-memory",
                                     "64M",
                                     "--idle-timeout",
                                     "60",
                                     "--snaplen",
                                     "128",
                                     "--buffer-size",
                                     "4096",
                                     "--log.level",
                                     "warn",
                                     "--log.format",
                                     "json",
                                     "--web.listen-address",
                                     ":9100",
                                     "--web.listen-address",
                                     "[::1]:9101",
                                     "--web.listen-address",
                                     "unix:/run/tcpgauge.sock",
                                     "--web.config.file",
                                     "web.yml",
                                     "--web.telemetry-path",
                                     "/m",
                                     "--web.allowed-hosts",
                                     "gauge.example,*.svc",
                                     "--web.no-ui",
                                     "--metrics.connections",
                                     "7",
                                     "--metrics.new-connections",
                                     "8",
                                     "--metrics.window",
                                     "30",
                                     "--metrics.stall",
                                     "2.5",
                                     "--otlp.endpoint",
                                     "http://collector:4318",
                                     "--list-interfaces"});
  EXPECT_THAT(options.interfaces, ElementsAre("eth0", "eth1"));
  EXPECT_TRUE(options.new_only);
  EXPECT_TRUE(options.count_views);
  EXPECT_TRUE(options.fast);
  EXPECT_FALSE(options.promiscuous);
  EXPECT_EQ(options.remove_after_seconds, 5.5);
  EXPECT_EQ(options.rate_window_seconds, 3);
  EXPECT_TRUE(options.tui);
  EXPECT_EQ(options.connection_log, "log.json");
  EXPECT_EQ(options.max_connections, 1000u);
  EXPECT_EQ(options.max_memory_bytes, 64u << 20);
  EXPECT_EQ(options.idle_timeout_seconds, 60);
  EXPECT_EQ(options.snaplen_bytes, 128);
  EXPECT_EQ(options.buffer_size_kib, 4096);
  EXPECT_EQ(options.log_level, LogLevel::kWarn);
  EXPECT_EQ(options.log_format, LogFormat::kJson);
  EXPECT_THAT(options.listen_addresses, ElementsAre(":9100", "[::1]:9101", "unix:/run/tcpgauge.sock"));
  EXPECT_EQ(options.web_config_file, "web.yml");
  EXPECT_EQ(options.telemetry_path, "/m");
  EXPECT_THAT(options.allowed_hosts, ElementsAre("gauge.example", "*.svc"));
  EXPECT_FALSE(options.web_ui);
  EXPECT_EQ(options.metrics_connections, 7);
  EXPECT_EQ(options.metrics_new_connections, 8);
  EXPECT_EQ(options.metrics_window_seconds, 30);
  EXPECT_EQ(options.metrics_stall_seconds, 2.5);
  EXPECT_EQ(options.otlp_endpoint, "http://collector:4318");
  EXPECT_TRUE(options.list_interfaces);
}

TEST(CommandLine, ReadsTcptracksClusters) {
  const Options options = OptionsOf({"-dfp", "-r5", "-ieth0"});
  EXPECT_TRUE(options.new_only);
  EXPECT_TRUE(options.fast);
  EXPECT_FALSE(options.promiscuous);
  EXPECT_EQ(options.remove_after_seconds, 5);
  EXPECT_THAT(options.interfaces, ElementsAre("eth0"));
  EXPECT_EQ(OptionsOf({"-dfr", "7"}).remove_after_seconds, 7);
}

TEST(CommandLine, SeveralWorkersOnAllInterfacesCountViews) {
  EXPECT_THAT(ErrorOf({"-i", "any", "--workers", "2"}), HasSubstr("--count-views"));
  EXPECT_EQ(OptionsOf({"-i", "any", "--workers", "2", "--count-views"}).workers, 2);
  EXPECT_EQ(OptionsOf({"-i", "any", "--workers", "1"}).workers, 1);
  EXPECT_EQ(OptionsOf({"-i", "eth0", "--workers", "2"}).workers, 2);
}

TEST(CommandLine, JoinsTheRemainingWordsToTheFilter) {
  EXPECT_EQ(OptionsOf({"-i", "eth0", "not", "host", "1.2.3.4"}).filter, "not host 1.2.3.4");
  EXPECT_EQ(OptionsOf({"port 443 and (src net 10.0.0.0/8)"}).filter, "port 443 and (src net 10.0.0.0/8)");
  EXPECT_EQ(OptionsOf({"tcp[13]", "&", "2", "!=", "0"}).filter, "tcp[13] & 2 != 0");
  EXPECT_EQ(OptionsOf({"[x]"}).filter, "[x]");
}

TEST(CommandLine, ReadsOptionsAfterTheFilterAsGetoptDoes) {
  const Options options = OptionsOf({"port", "443", "-d", "or", "port", "80", "-T", "f.pcap"});
  EXPECT_EQ(options.filter, "port 443 or port 80");
  EXPECT_TRUE(options.new_only);
  EXPECT_EQ(options.read_file, "f.pcap");
}

TEST(CommandLine, TakesEverythingAfterTwoDashesForTheFilter) {
  const Options options = OptionsOf({"-d", "--", "ip[2]", "-20", ">", "0", "--tui", "--x=", "--"});
  EXPECT_EQ(options.filter, "ip[2] -20 > 0 --tui --x= --");
  EXPECT_FALSE(options.tui);
}

TEST(CommandLine, ReadsStandardInputAndOutput) {
  const Options options = OptionsOf({"-T", "-", "--connection-log", "-"});
  EXPECT_EQ(options.read_file, "-");
  EXPECT_EQ(options.connection_log, "-");
}

TEST(CommandLine, TakesTheLastOfAnOptionGivenTwice) {
  EXPECT_EQ(OptionsOf({"-r", "5", "-r", "6"}).remove_after_seconds, 6);
}

TEST(CommandLine, TakesFlagsWithAValue) {
  EXPECT_FALSE(OptionsOf({"--tui=false"}).tui);
  EXPECT_TRUE(OptionsOf({"--tui=1"}).tui);
  EXPECT_TRUE(OptionsOf({"--no-promiscuous=false"}).promiscuous);
  EXPECT_EQ(ErrorOf({"--tui=maybe"}), "tcpgauge: --tui: 'maybe' is neither true nor false");
}

TEST(CommandLine, TakesAnEmptyListenAddressForNoListener) {
  EXPECT_THAT(OptionsOf({"--web.listen-address="}).listen_addresses, IsEmpty());
  EXPECT_THAT(OptionsOf({"--web.listen-address", ""}).listen_addresses, IsEmpty());
  EXPECT_THAT(OptionsOf({"--web.systemd-socket"}).listen_addresses, IsEmpty());
  EXPECT_FALSE(OptionsOf({"--web.systemd-socket", "--tui"}).may_serve_nothing);
  const Options options = OptionsOf({"--web.listen-address=", "-T", "f.pcap"});
  EXPECT_THAT(options.listen_addresses, IsEmpty());
  EXPECT_EQ(options.read_file, "f.pcap");
  EXPECT_THAT(OptionsOf({}, {{"TCPGAUGE_WEB_LISTEN_ADDRESS", ""}}).listen_addresses, IsEmpty());
}

TEST(CommandLine, ReadsTheEnvironment) {
  const Options options = OptionsOf({}, {{"TCPGAUGE_INTERFACE", "eth0,eth1"},
                                         {"TCPGAUGE_WEB_LISTEN_ADDRESS", ":1,:2"},
                                         {"TCPGAUGE_LOG_LEVEL", "debug"},
                                         {"TCPGAUGE_NEW_ONLY", "1"},
                                         {"TCPGAUGE_COUNT_VIEWS", "1"},
                                         {"TCPGAUGE_FAST", "true"},
                                         {"TCPGAUGE_NO_PROMISCUOUS", "false"},
                                         {"TCPGAUGE_TUI", "0"},
                                         {"TCPGAUGE_RATE_WINDOW", ""}});
  EXPECT_THAT(options.interfaces, ElementsAre("eth0", "eth1"));
  EXPECT_THAT(options.listen_addresses, ElementsAre(":1", ":2"));
  EXPECT_EQ(options.log_level, LogLevel::kDebug);
  EXPECT_TRUE(options.new_only);
  EXPECT_TRUE(options.count_views);
  EXPECT_TRUE(options.fast);
  EXPECT_TRUE(options.promiscuous);
  EXPECT_FALSE(options.tui);
  EXPECT_EQ(options.rate_window_seconds, 1);
}

TEST(CommandLine, WinsOverTheEnvironment) {
  const Variables variables = {{"TCPGAUGE_INTERFACE", "eth0"}, {"TCPGAUGE_REMOVE_AFTER", "9"}};
  const Options options = OptionsOf({"-i", "eth1", "-r", "3"}, variables);
  EXPECT_THAT(options.interfaces, ElementsAre("eth1"));
  EXPECT_EQ(options.remove_after_seconds, 3);
  EXPECT_THAT(OptionsOf({"-T", "f.pcap"}, variables).interfaces, IsEmpty());
}

TEST(CommandLine, NamesTheVariableThatIsWrong) {
  EXPECT_EQ(ErrorOf({}, {{"TCPGAUGE_FAST", "yes"}}), "tcpgauge: TCPGAUGE_FAST: 'yes' is neither true nor false");
}

TEST(CommandLine, SaysWhatIsWrongWithAValueAndWhatWouldBeRight) {
  struct Case {
    std::vector<const char*> words;
    const char* error;
  };
  const Case kCases[] = {
      {{"--rate-window", "0"}, "tcpgauge: --rate-window: '0' is not a number of seconds from 0.1 to 3600"},
      {{"-r", "x"}, "tcpgauge: --remove-after: 'x' is not a number of seconds from 0 to 31536000"},
      {{"-r", "-1"}, "tcpgauge: --remove-after: '-1' is not a number of seconds from 0 to 31536000"},
      {{"-r", "nan"}, "tcpgauge: --remove-after: 'nan' is not a number of seconds from 0 to 31536000"},
      {{"--idle-timeout", "inf"}, "tcpgauge: --idle-timeout: 'inf' is not a number of seconds from 1 to 31536000"},
      {{"--max-connections", "1.5"},
       "tcpgauge: --max-connections: '1.5' is not a number of connections from 1 to 100000000"},
      {{"--snaplen", "10"}, "tcpgauge: --snaplen: '10' is not a number of bytes from 64 to 262144"},
      {{"--buffer-size", "99999999999999999999"},
       "tcpgauge: --buffer-size: '99999999999999999999' is not a number of KiB from 1 to 2097151"},
      {{"--log.level", "loud"}, "tcpgauge: --log.level: 'loud' is not one of debug, info, warn, error"},
      {{"--log.format", "xml"}, "tcpgauge: --log.format: 'xml' is neither logfmt nor json"},
      {{"--web.listen-address", ":9100", "--web.systemd-socket"},
       "tcpgauge: --web.systemd-socket and --web.listen-address exclude each other: systemd chooses the addresses; "
       "give one of them"},
      {{"--web.listen-address", "9100"},
       "tcpgauge: --web.listen-address: '9100' is not HOST:PORT, as in 127.0.0.1:10406, [::1]:10406 or :10406, nor "
       "unix:PATH"},
      {{"--web.listen-address", "127.0.0.1:1", "--web.listen-address", ":2", "--web.listen-address", "127.0.0.1:1"},
       "tcpgauge: --web.listen-address: '127.0.0.1:1' is given twice; give it once"},
      {{"--web.listen-address", "127.0.0.1:1", "--web.listen-address", "127.1:01"},
       "tcpgauge: --web.listen-address: '127.1:01' is given twice, the first time as '127.0.0.1:1'; give it once"},
      {{"--web.listen-address", "unix:/run/x", "--web.listen-address", "unix:/run/x"},
       "tcpgauge: --web.listen-address: 'unix:/run/x' is given twice; give it once"},
      {{"--web.listen-address", ":1", "--web.listen-address", "127.0.0.1:1"},
       "tcpgauge: --web.listen-address: ':1' and '127.0.0.1:1' cannot both be listened on, because one contains the "
       "other; give one of them"},
      {{"--web.telemetry-path", "metrics"},
       "tcpgauge: --web.telemetry-path: 'metrics' is not a path that starts with / and consists of letters, "
       "digits and - . _ ~ /"},
      {{"--web.allowed-hosts", "gauge.example,gauge:10406"},
       "tcpgauge: --web.allowed-hosts: 'gauge:10406' is not a host's name without a port; right would be a name, "
       "*.SUFFIX for all names below it, or * for all"},
      {{"-i", ""}, "tcpgauge: --interface: '' is not the name of an interface; --list-interfaces shows them"},
      {{"-i", "eth0", "-T", "f"}, "tcpgauge: --interface and --read exclude each other; give one of them"},
      {{"--output", "xml", "-T", "f"}, "tcpgauge: --output: 'xml' is not one of table, json, prometheus, openmetrics"},
      {{"--output", "json"}, "tcpgauge: --output prints the final state: give --read FILE or --duration SECONDS too"},
      {{"--output", "json", "-T", "f", "--tui"}, "tcpgauge: --output and --tui exclude each other; give one of them"},
      {{"--output", "json", "-T", "f", "--connection-log", "-"},
       "tcpgauge: --connection-log: '-' would mix with what --output prints; name a file, or leave --output out"},
      {{"--duration", "5", "-T", "f"},
       "tcpgauge: --duration and --read exclude each other: a file is read to its end; give one of them"},
      {{"--tui", "--connection-log", "-"},
       "tcpgauge: --connection-log: '-' would write into the top view; name a file, or leave --tui out"},
      {{"-df", "--rate-window"}, "tcpgauge: --rate-window: a value is missing; right would be --rate-window SECONDS"},
      {{"-dfi"}, "tcpgauge: --interface: a value is missing; right would be --interface NAME"},
      {{"--log.level", "a\nb"}, "tcpgauge: --log.level: 'a\\nb' is not one of debug, info, warn, error"},
  };
  for (const Case& c : kCases) EXPECT_EQ(ErrorOf(c.words), c.error);
}

TEST(CommandLine, OutputTakesTheListenerAndTheTopViewOnlyWhenAsked) {
  EXPECT_EQ(OptionsOf({"--output", "table", "-T", "f"}).output, OutputFormat::kTable);
  EXPECT_EQ(OptionsOf({"--output", "json", "-T", "f"}).output, OutputFormat::kJson);
  EXPECT_EQ(OptionsOf({"--output", "prometheus", "-T", "f"}).output, OutputFormat::kPrometheus);
  EXPECT_EQ(OptionsOf({"--output", "openmetrics", "--duration", "1.5"}).output, OutputFormat::kOpenMetrics);
  EXPECT_EQ(OptionsOf({"--duration", "1.5"}).duration_seconds, 1.5);
  EXPECT_THAT(OptionsOf({"--duration", "1.5"}).listen_addresses, ElementsAre("127.0.0.1:10406"));

  EXPECT_THAT(OptionsOf({"--output", "json", "-T", "f"}).listen_addresses, IsEmpty());
  EXPECT_THAT(OptionsOf({"-T", "f"}, {{"TCPGAUGE_OUTPUT", "json"}}).listen_addresses, IsEmpty());
  EXPECT_THAT(OptionsOf({"--output", "json", "-T", "f", "--web.listen-address", ":1"}).listen_addresses,
              ElementsAre(":1"));
  EXPECT_THAT(OptionsOf({"--output", "json", "-T", "f"}, {{"TCPGAUGE_WEB_LISTEN_ADDRESS", ":1"}}).listen_addresses,
              ElementsAre(":1"));

  const CommandLine as_tcptrack = Parse({"tcptrack", "-i", "eth0", "--duration", "5", "--output", "table"});
  ASSERT_TRUE(std::holds_alternative<Options>(as_tcptrack));
  EXPECT_FALSE(std::get<Options>(as_tcptrack).tui);
}

TEST(CommandLine, SuggestsTheNearestOption) {
  EXPECT_EQ(ErrorOf({"--rate-windw", "2"}), "tcpgauge: unknown option '--rate-windw'; did you mean --rate-window?");
  EXPECT_EQ(ErrorOf({"--listen-address=:1"}),
            "tcpgauge: unknown option '--listen-address=:1'; did you mean --web.listen-address?");
  EXPECT_EQ(ErrorOf({"--frobnicate-it"}), "tcpgauge: unknown option '--frobnicate-it'; --help lists all options");
  EXPECT_EQ(ErrorOf({"-dxp"}),
            "tcpgauge: unknown option '-x'; --help lists all options, and a filter that begins with - goes after --");
}

TEST(CommandLine, DoesNotTakeAnAbbreviationOfALongName) {
  EXPECT_EQ(ErrorOf({"--interf", "eth0"}), "tcpgauge: unknown option '--interf'; did you mean --interface?");
  EXPECT_EQ(ErrorOf({"--interf=eth0"}), "tcpgauge: unknown option '--interf=eth0'; did you mean --interface?");
  EXPECT_EQ(ErrorOf({"--interf"}), "tcpgauge: unknown option '--interf'; did you mean --interface?");
  EXPECT_EQ(ErrorOf({"--new"}), "tcpgauge: unknown option '--new'; did you mean --new-only?");
  EXPECT_THAT(ErrorOf({"--metrics", "7"}), HasSubstr("unknown option '--metrics'")) << "ambiguous";
  // --attach is a whole name, although --attach.ca-file begins with it.
  EXPECT_EQ(OptionsOf({"--tui", "--attach", "unix:/run/x", "--attach.ca-file", "f"}).attach, "unix:/run/x");
}

TEST(CommandLine, NamesAnOptionOfDashesAlone) {
  EXPECT_EQ(ErrorOf({"---"}), "tcpgauge: unknown option '---'; --help lists all options");
  EXPECT_THAT(ErrorOf({"--=x"}), HasSubstr("unknown option '--=x'"));
  EXPECT_EQ(ErrorOf({"-d-"}),
            "tcpgauge: unknown option '--'; --help lists all options, and a filter that begins with - goes after --");
  EXPECT_EQ(OptionsOf({"-"}).filter, "-");
}

TEST(CommandLine, ReadsOptionsAfterTheFilterWithPosixlyCorrectToo) {
  ASSERT_EQ(setenv("POSIXLY_CORRECT", "1", 1), 0);
  const Options options = OptionsOf({"port", "443", "-d", "or", "port", "80", "-T", "f.pcap", "--", "-f"});
  unsetenv("POSIXLY_CORRECT");
  EXPECT_EQ(options.filter, "port 443 or port 80 -f");
  EXPECT_TRUE(options.new_only);
  EXPECT_EQ(options.read_file, "f.pcap");
}

TEST(CommandLine, TakesAnyWordForTheValueOfAnOption) {
  EXPECT_THAT(OptionsOf({"-i", "--tui"}).interfaces, ElementsAre("--tui"));
  EXPECT_THAT(OptionsOf({"--interface", "-d"}).interfaces, ElementsAre("-d"));
  EXPECT_EQ(OptionsOf({"-T", "--", "port", "80"}).read_file, "--");
  EXPECT_EQ(OptionsOf({"--read=a=b"}).read_file, "a=b");
  EXPECT_EQ(OptionsOf({"-T=f"}).read_file, "=f");
}

TEST(CommandLine, TakesAValueOfAFlagOnlyBehindAnEqualsSign) {
  const Options options = OptionsOf({"--tui", "false"});
  EXPECT_TRUE(options.tui);
  EXPECT_EQ(options.filter, "false");
  EXPECT_EQ(ErrorOf({"--tui="}), "tcpgauge: --tui: '' is neither true nor false");
  EXPECT_EQ(ErrorOf({"--fast=x"}), "tcpgauge: --fast: 'x' is neither true nor false");
  EXPECT_EQ(ErrorOf({"-d=false"}),
            "tcpgauge: unknown option '-='; --help lists all options, and a filter that begins with - goes after --");
}

TEST(CommandLine, TakesAWordWithADashAndADigitForAnOption) {
  EXPECT_EQ(ErrorOf({"ip[2]", "-20"}),
            "tcpgauge: unknown option '-2'; --help lists all options, and a filter that begins with - goes after --");
}

TEST(CommandLine, NamesTheFirstOfSeveralMistakes) {
  EXPECT_EQ(ErrorOf({"-Z", "-i"}),
            "tcpgauge: unknown option '-Z'; --help lists all options, and a filter that begins with - goes after --");
  EXPECT_THAT(ErrorOf({"-d", "--frobnicate-it", "-Z"}), HasSubstr("'--frobnicate-it'"));
}

TEST(CommandLine, AttachingGoesWithTheTopViewAndWatchesNothing) {
  const Options options = OptionsOf({"--tui", "--attach", "unix:/run/x", "--attach.ca-file=ca.pem"});
  EXPECT_EQ(options.attach, "unix:/run/x");
  EXPECT_EQ(options.attach_ca_file, "ca.pem");
  EXPECT_THAT(ErrorOf({"--tui=false", "--attach", "unix:/run/x"}), HasSubstr("leave --tui=false out"));
  EXPECT_THAT(ErrorOf({"--tui", "--attach", "unix:/run/x", "-i", "lo"}), HasSubstr("leave --interface"));
  EXPECT_THAT(ErrorOf({"--tui", "--attach", "unix:/run/x", "port", "443"}), HasSubstr("FILTER"));
  EXPECT_THAT(ErrorOf({"--tui", "--attach", "unix:/run/x", "--connection-log", "f"}), HasSubstr("--connection-log"));
  EXPECT_THAT(ErrorOf({"--tui", "--attach", "unix:/run/x", "--otlp.endpoint", "http://h"}),
              HasSubstr("leave --otlp.endpoint out"));
}

// Returns a value that the option takes.
std::string ValueFor(const OptionSpec& spec) {
  for (const char* value : {"true", "off", "basic", "info", "logfmt", "table", "1", "600", "/x", ":1", "http://h",
                            "64M", "24,64", "10.0.0.0/8"}) {
    Options options;
    if (spec.clear != nullptr) spec.clear(&options);
    if (spec.take(value, &options).ok()) return value;
  }
  ADD_FAILURE() << "no value fits --" << spec.long_name;
  return "";
}

TEST(CommandLine, AnOptionWithoutEffectIsAnErrorThatNamesIt) {
  const std::set<std::string> with_attach = {"user",       "list-interfaces", "tui",  "tui.no-mouse",
                                             "log.format", "log.level",       "check"};
  const std::set<std::string> not_with_read = {
      "interface",        "wait",        "no-promiscuous",      "snaplen",
      "buffer-size",      "duration",    "identity.api",        "identity.node",
      "path.procfs",      "path.cgroup", "path.container-logs", "identity.token-file",
      "identity.ca-file", "attach",      "attach.ca-file",      "attach.cert-file",
      "attach.key-file"};
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.kind == OptionSpec::Kind::kQuestion) continue;
    const std::string name = spec.long_name, word = "--" + name + "=" + ValueFor(spec);
    const std::string attached = ErrorOf({"--attach=node7", word.c_str()});
    const bool is_of_attach = name.rfind("attach", 0) == 0;
    EXPECT_THAT(attached, is_of_attach || with_attach.count(name) > 0 ? HasSubstr("no error") : HasSubstr("--" + name));
    const std::string read = ErrorOf({"-T", "f", word.c_str()});
    EXPECT_THAT(read, not_with_read.count(name) > 0 ? HasSubstr("--" + name) : HasSubstr("no error"));
    if (is_of_attach && name != "attach") {
      EXPECT_EQ(ErrorOf({"-i", "lo", word.c_str()}),
                "tcpgauge: --" + name + " has no effect without --attach; leave it out");
    }
  }
  EXPECT_EQ(ErrorOf({"--attach", "--identity", "node"}),
            "tcpgauge: --identity has no effect with --attach, because the agent's own options count; leave it out");
  EXPECT_EQ(ErrorOf({"--snaplen", "99", "-T", "f", "-p"}),
            "tcpgauge: --no-promiscuous, --snaplen have no effect with --read; leave them out");
}

TEST(CommandLine, WhatAServicesEnvironmentSetsWithoutEffectIsIgnored) {
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.kind == OptionSpec::Kind::kQuestion) continue;
    const Variables variables = {{EnvironmentName(spec), ValueFor(spec)}};
    EXPECT_EQ(ErrorOf({"--attach=node7"}, variables), "no error") << spec.long_name;
    EXPECT_EQ(ErrorOf({"-T", "f"}, variables), "no error") << spec.long_name;
  }
  const Variables service = {{"TCPGAUGE_CONNECTION_LOG", "log"}, {"TCPGAUGE_SNAPLEN", "99"},
                             {"TCPGAUGE_WAIT", "true"},          {"TCPGAUGE_OUTPUT", "json"},
                             {"TCPGAUGE_OTLP_ENDPOINT", "x"},    {"TCPGAUGE_IDENTITY_FILE", "names.json"}};
  EXPECT_EQ(OptionsOf({"--attach"}, service).connection_log, "");
  EXPECT_EQ(OptionsOf({"--attach"}, service).snaplen_bytes, 256);
  EXPECT_EQ(OptionsOf({"-i", "lo"}, {{"TCPGAUGE_ATTACH", "node7"}}).attach, "") << "the command line wins";
}

TEST(CommandLine, TcptrackReadsAFileWhateverItWouldCaptureOn) {
  EXPECT_EQ(std::get<Options>(Parse({"tcptrack", "-p", "-i", "eth0", "-T", "f"})).read_file, "f");
  EXPECT_THAT(std::get<UsageError>(Parse({"tcptrack", "--snaplen=99", "-T", "f"})).message,
              HasSubstr("tcptrack: --snaplen has no effect with --read"));
}

TEST(CommandLine, TellsEveryOptionAsItHolds) {
  const auto effective = OptionsOf({"-i", "a", "-i", "b", "-f"}).effective;
  EXPECT_THAT(effective, testing::Contains(testing::Pair("interface", "a,b")));
  EXPECT_THAT(effective, testing::Contains(testing::Pair("fast", "true")));
  EXPECT_THAT(effective, testing::Contains(testing::Pair("tui", "false")));
  EXPECT_THAT(effective, testing::Contains(testing::Pair("idle-timeout", "3600")));
}

TEST(CommandLine, TellsAnEmptyUserFromNone) {
  EXPECT_FALSE(OptionsOf({}).user.has_value());
  EXPECT_EQ(OptionsOf({"--user", ""}).user, "");
  EXPECT_EQ(OptionsOf({"--user="}).user, "");
  EXPECT_EQ(OptionsOf({"--user", "somebody"}).user, "somebody");
}

TEST(CommandLine, WaitsForWhatIsNamedAlone) {
  EXPECT_TRUE(OptionsOf({"-i", "vpn0", "--wait"}).wait);
  EXPECT_FALSE(OptionsOf({"-i", "vpn0"}).wait);
  EXPECT_THAT(ErrorOf({"--wait"}), HasSubstr("-i NAME --wait"));
  EXPECT_THAT(ErrorOf({"--wait", "-T", "file"}), HasSubstr("-i NAME --wait"));
}

TEST(CommandLine, TakesTheShapeOfTheExposition) {
  const Options options =
      OptionsOf({"--metrics.series-limit", "900", "--metrics.edges=20", "--metrics.client-prefix=24,64"});
  EXPECT_EQ(options.series_limit, 900);
  EXPECT_EQ(options.metrics_edges, 20);
  EXPECT_TRUE(options.full_edge_detail);
  EXPECT_FALSE(OptionsOf({"--metrics.edge-detail", "basic"}).full_edge_detail);
  EXPECT_FALSE(options.edge_buckets);
  EXPECT_TRUE(OptionsOf({"--metrics.edge-buckets"}).edge_buckets);
  EXPECT_TRUE(OptionsOf({"--metrics.edge-detail", "full"}).full_edge_detail);
  EXPECT_THAT(ErrorOf({"--metrics.edge-detail", "Full"}), HasSubstr("'Full' is not one of basic, full"));
  EXPECT_EQ(options.client_prefix_v4_bits, 24);
  EXPECT_EQ(options.client_prefix_v6_bits, 64);
  EXPECT_THAT(ErrorOf({"--metrics.series-limit", "599"}), HasSubstr("'599' is not"));
  EXPECT_THAT(ErrorOf({"--metrics.client-prefix", "24"}), HasSubstr("'24' is not two prefix lengths"));
  EXPECT_THAT(ErrorOf({"--metrics.client-prefix", "33,64"}), HasSubstr("'33' is not"));
  EXPECT_THAT(ErrorOf({"--metrics.stall", "0"}), HasSubstr("'0' is not a number of seconds from 0.1 to 3600"));
}

TEST(CommandLine, TakesHowManyEdgesBeginInAMinute) {
  EXPECT_EQ(OptionsOf({}).metrics_new_edges, 10);
  EXPECT_EQ(OptionsOf({"--metrics.new-edges", "0"}).metrics_new_edges, 0);
  EXPECT_THAT(ErrorOf({"--metrics.new-edges", "-1"}), HasSubstr("'-1' is not"));
  EXPECT_THAT(ErrorOf({"--metrics.new-edges", "15001"}), HasSubstr("'15001' is not"));
}

TEST(CommandLine, TakesWhereNamesComeFrom) {
  EXPECT_EQ(OptionsOf({}).identity, IdentityLevel::kLocal);
  EXPECT_EQ(OptionsOf({"--identity", "off"}).identity, IdentityLevel::kOff);
  EXPECT_EQ(OptionsOf({"--identity=local"}).identity, IdentityLevel::kLocal);
  EXPECT_EQ(OptionsOf({}, {{"TCPGAUGE_IDENTITY", "off"}}).identity, IdentityLevel::kOff);
  for (const char* wrong : {"", "Local", "pod", "nodes"}) {
    EXPECT_THAT(ErrorOf({"--identity", wrong}), HasSubstr("is not one of off, local, node, cluster")) << wrong;
  }
  const Options options =
      OptionsOf({"--identity.max-endpoints", "500", "--path.procfs=/host/proc", "--path.cgroup=/host/cgroup",
                 "--path.container-logs=/host/logs", "--metrics.workload-edges", "0"});
  EXPECT_EQ(options.identity_max_endpoints, 500u);
  EXPECT_EQ(options.procfs_path, "/host/proc");
  EXPECT_EQ(options.cgroup_path, "/host/cgroup");
  EXPECT_EQ(options.container_logs_path, "/host/logs");
  EXPECT_EQ(options.metrics_workload_edges, 0);
  EXPECT_THAT(ErrorOf({"--identity.max-endpoints", "0"}),
              HasSubstr("'0' is not a number of endpoints from 1 to 1000000"));
  EXPECT_THAT(ErrorOf({"--metrics.workload-edges", "5001"}),
              HasSubstr("'5001' is not a number of edges from 0 to 5000"));
  for (const char* option : {"--path.procfs", "--path.cgroup", "--path.container-logs"}) {
    for (const char* wrong : {"", "proc", "./proc"}) {
      EXPECT_THAT(ErrorOf({option, wrong}), HasSubstr("is not the path of a folder that begins with /")) << option;
    }
  }
}

TEST(CommandLine, AFileGetsNamesFromAFileAlone) {
  EXPECT_EQ(OptionsOf({"-T", "f"}).identity, IdentityLevel::kOff);
  EXPECT_EQ(OptionsOf({}, {{"TCPGAUGE_READ", "f"}}).identity, IdentityLevel::kOff);
  EXPECT_EQ(OptionsOf({"-T", "f", "--identity", "off"}).identity, IdentityLevel::kOff);
  EXPECT_EQ(OptionsOf({"-T", "f"}, {{"TCPGAUGE_IDENTITY", "local"}}).identity, IdentityLevel::kOff)
      << "a service's environment";
  const Options options = OptionsOf({"-T", "f", "--identity.file", "names.json"});
  EXPECT_EQ(options.identity, IdentityLevel::kOff);
  EXPECT_EQ(options.identity_file, "names.json");

  for (const char* level : {"local", "node", "cluster"}) {
    EXPECT_THAT(ErrorOf({"-T", "f", "--identity", level}), HasSubstr("name a file of names with --identity.file"));
  }
  EXPECT_THAT(ErrorOf({}, {{"TCPGAUGE_READ", "f"}, {"TCPGAUGE_IDENTITY", "local"}}), HasSubstr("leave --identity out"));
  EXPECT_THAT(ErrorOf({"-T", "f", "--identity", "off", "--identity.file", "names.json"}),
              HasSubstr("leave --identity out to take them from the file"));
  EXPECT_THAT(ErrorOf({"--identity=off"}, {{"TCPGAUGE_READ", "f"}, {"TCPGAUGE_IDENTITY_FILE", "names.json"}}),
              HasSubstr("leave --identity out to take them from the file"));
  EXPECT_THAT(ErrorOf({"-T", "f", "--identity.file="}), HasSubstr("'' is not the name of a file"));
  EXPECT_THAT(ErrorOf({"-T", "f", "--identity.file", "-"}), HasSubstr("'-' is not a file that can be replaced"));
}

TEST(CommandLine, NamesAreWrittenOnlyWhereThereAreSome) {
  EXPECT_EQ(OptionsOf({"-i", "lo", "--identity.file", "names.json"}).identity, IdentityLevel::kLocal);
  EXPECT_THAT(ErrorOf({"-i", "lo", "--identity.file", "names.json", "--identity", "off"}),
              HasSubstr("there are no names to write; leave one of the two out"));
}

TEST(CommandLine, AttachingNeedsNeitherTuiNorAnAddress) {
  EXPECT_EQ(OptionsOf({"--attach"}).attach, "127.0.0.1:10406") << "this host's agent";
  EXPECT_TRUE(OptionsOf({"--attach"}).tui);
  EXPECT_EQ(OptionsOf({"--attach="}).attach, "127.0.0.1:10406");
  EXPECT_EQ(OptionsOf({"--attach=node7"}).attach, "node7");
  EXPECT_EQ(OptionsOf({}, {{"TCPGAUGE_ATTACH", "node7"}}).attach, "node7");
  EXPECT_TRUE(OptionsOf({}, {{"TCPGAUGE_ATTACH", "node7"}}).tui);
  EXPECT_EQ(OptionsOf({"--attach", "--attach.ca-file", "f"}).attach, "127.0.0.1:10406");
  EXPECT_EQ(OptionsOf({"--attach", "node7:1", "--attach"}).attach, "127.0.0.1:10406") << "the last one counts";
}

TEST(CommandLine, AWordAfterAttachIsItsHostOnlyIfItIsAnAddress) {
  for (const char* address : {"http://node7", "https://me:pw@node7:1", "unix:/run/x", "192.0.2.7", "192.0.2.7:80",
                              "2001:db8::1", "[2001:db8::1]:80", "node7:10406"}) {
    EXPECT_EQ(OptionsOf({"--attach", address}).attach, address);
  }
  for (const char* word : {"tcp", "node7", "node7:", ":80", "host:x"}) {
    EXPECT_THAT(ErrorOf({"--attach", word}), HasSubstr("FILTER out; a host's name needs the form --attach=NAME"))
        << word;
  }
  EXPECT_THAT(ErrorOf({"--attach", "192.0.2.7", "192.0.2.8"}), HasSubstr("FILTER")) << "one word at most";
  EXPECT_THAT(ErrorOf({"--attach=node7", "192.0.2.8"}), HasSubstr("FILTER"));
}

TEST(CommandLine, TheTopViewMayGoWithoutTheDefaultAddress) {
  EXPECT_TRUE(OptionsOf({"--tui"}).may_serve_nothing);
  EXPECT_FALSE(OptionsOf({}).may_serve_nothing);
  EXPECT_FALSE(OptionsOf({"--tui", "--web.listen-address", "127.0.0.1:10406"}).may_serve_nothing);
  EXPECT_FALSE(OptionsOf({"--tui"}, {{"TCPGAUGE_WEB_LISTEN_ADDRESS", ":10406"}}).may_serve_nothing);
}

TEST(CommandLine, AttachingNamesNothing) {
  const std::vector<const char*> attached = {"--tui", "--attach", "unix:/run/x"};
  EXPECT_EQ(OptionsOf(attached).identity, IdentityLevel::kOff);
  EXPECT_EQ(OptionsOf(attached, {{"TCPGAUGE_IDENTITY", "cluster"}}).identity, IdentityLevel::kOff);
  EXPECT_THAT(ErrorOf({"--tui", "--attach", "unix:/run/x", "--identity.file", "names.json"}),
              HasSubstr("leave --identity.file out"));
}

TEST(CommandLine, FindsTheKubernetesApiInAPodsEnvironment) {
  const Variables pod = {
      {"KUBERNETES_SERVICE_HOST", "10.96.0.1"}, {"KUBERNETES_SERVICE_PORT", "6443"}, {"NODE_NAME", "node-7"}};
  const Options options = OptionsOf({"--identity", "node"}, pod);
  EXPECT_EQ(options.identity_api, "https://10.96.0.1:6443");
  EXPECT_EQ(options.identity_node, "node-7");
  EXPECT_EQ(options.identity_token_file, "/var/run/secrets/kubernetes.io/serviceaccount/token");
  EXPECT_EQ(OptionsOf({"--identity", "cluster"}, {{"KUBERNETES_SERVICE_HOST", "fd00::1"}}).identity_api,
            "https://[fd00::1]:443");
  const Options named = OptionsOf({"--identity", "node"}, {{"KUBERNETES_SERVICE_HOST", "api.internal"}});
  EXPECT_EQ(named.identity_api, "https://api.internal:443");
  EXPECT_EQ(named.identity_node, "");
  const Options own = OptionsOf({"--identity", "cluster", "--identity.api", "http://127.0.0.1:8001",
                                 "--identity.node=other", "--identity.token-file=token", "--identity.ca-file=ca.pem"},
                                pod);
  EXPECT_EQ(own.identity_api, "http://127.0.0.1:8001");
  EXPECT_EQ(own.identity_node, "other");
  EXPECT_EQ(own.identity_token_file, "token");
  EXPECT_EQ(own.identity_ca_file, "ca.pem");
}

TEST(CommandLine, LevelsThatAskTheKubernetesApiNeedToKnowIt) {
  for (const char* level : {"node", "cluster"}) {
    EXPECT_THAT(ErrorOf({"--identity", level}), HasSubstr("use --identity.api URL, or --identity local"));
    EXPECT_THAT(ErrorOf({"--identity", level}, {{"KUBERNETES_SERVICE_HOST", ""}}),
                HasSubstr("KUBERNETES_SERVICE_HOST is not set"));
    EXPECT_THAT(ErrorOf({"--identity", level}, {{"KUBERNETES_SERVICE_HOST", "a b"}}),
                HasSubstr("KUBERNETES_SERVICE_HOST: 'https://a b:443' is not the URL"));
    EXPECT_THAT(ErrorOf({"--identity", level, "--identity.api", "http://h"}, {{"NODE_NAME", "a node"}}),
                HasSubstr("NODE_NAME: 'a node' is not the name of a node"));
  }
  EXPECT_EQ(OptionsOf({}, {{"NODE_NAME", "node-7"}}).identity_node, "node-7");
  EXPECT_EQ(OptionsOf({}, {{"NODE_NAME", "a node"}}).identity_node, "") << "nobody asks for it";
  EXPECT_THAT(ErrorOf({"--identity.node", "a node"}), HasSubstr("kubectl get nodes"));
  for (const char* wrong : {"", "10.0.0.1:6443", "ftp://h", "https://", "https://h/?a=b", "https://h/#a"}) {
    EXPECT_THAT(ErrorOf({"--identity.api", wrong}), HasSubstr("right would be https://HOST:6443")) << wrong;
  }
  const std::string error = ErrorOf({"--identity.api", "https://user:secret@h"});
  EXPECT_THAT(error, HasSubstr("--identity.token-file"));
  EXPECT_THAT(error, Not(HasSubstr("secret")));
}

TEST(CommandLine, TakesTheGroupingOfServers) {
  const Options options =
      OptionsOf({"--metrics.server-prefix", "24,48", "--metrics.server-networks=192.0.2.0/24,fd00::/8"});
  EXPECT_EQ(options.server_prefix_v4_bits, 24);
  EXPECT_EQ(options.server_prefix_v6_bits, 48);
  EXPECT_THAT(options.server_networks, ElementsAre(*IpNetwork::Parse("192.0.2.0/24"), *IpNetwork::Parse("fd00::/8")));
  EXPECT_EQ(OptionsOf({}).server_networks, LocalNetworks());
  EXPECT_EQ(OptionsOf({}).server_prefix_v4_bits, 32);
  EXPECT_THAT(ErrorOf({"--metrics.server-prefix", "24"}), HasSubstr("'24' is not two prefix lengths"));
  EXPECT_THAT(ErrorOf({"--metrics.server-prefix", "24,129"}), HasSubstr("'129' is not"));
  for (const char* bad : {"", "10.0.0.0/8,", "10.0.0.0/33", "lan", "10.0.0.0/8;10.1.0.0/16"}) {
    EXPECT_THAT(ErrorOf({"--metrics.server-networks", bad}), HasSubstr("is not a network; use ADDRESS/BITS")) << bad;
  }
  EXPECT_THAT(ErrorOf({"--metrics.server-networks", "10.0.0.0/8,192.168.7.1/16"}),
              HasSubstr("'192.168.7.1/16' has an address with bits behind its prefix; use 192.168.0.0/16"));
}

TEST(CommandLine, ChecksListenAddresses) {
  for (const char* good : {"127.0.0.1:10406", "localhost:0", ":65535", "[::]:80", "[2001:db8::1]:80", "my-host.lan:80",
                           "unix:/run/x", "127.1:80", "1.2.3.4.lan:80", "300:80"}) {
    EXPECT_THAT(OptionsOf({"--web.listen-address", good}).listen_addresses, ElementsAre(good));
  }
  for (const char* bad :
       {"127.0.0.1", "a:65536", "a:-1", "a:+1", "a:", "::1:80", "[::1]", "[::g]:80", "[1.2.3.4]:80", "[:80", "a b:80",
        "unix:", "http://a:80", "300.1.1.1:80", "1.2.3.4.5:80", "1.2.3.256:80", "127..1:80", ".:80"}) {
    EXPECT_THAT(ErrorOf({"--web.listen-address", bad}), HasSubstr("is not HOST:PORT")) << bad;
  }
}

TEST(CommandLine, AnswersHelpAndVersion) {
  EXPECT_THAT(std::get<Answer>(Parse({"tcpgauge", "-h"})).text, HasSubstr("Usage: tcpgauge"));
  EXPECT_THAT(std::get<Answer>(Parse({"tcpgauge", "--help", "-r", "x"})).text, HasSubstr("Usage: tcpgauge"));
  EXPECT_EQ(std::get<Answer>(Parse({"tcpgauge", "-v"})).text, "version 1\n");
  EXPECT_EQ(std::get<Answer>(Parse({"tcpgauge", "--version"})).text, "version 1\n");
}

TEST(CommandLine, BehavesAsTcptrackUnderThatName) {
  const Options options = std::get<Options>(Parse({"/usr/sbin/tcptrack", "-i", "eth0", "port", "80"}));
  EXPECT_TRUE(options.tui);
  EXPECT_THAT(options.listen_addresses, IsEmpty());
  EXPECT_EQ(options.filter, "port 80");

  EXPECT_EQ(std::get<UsageError>(Parse({"tcptrack"})).message,
            "tcptrack: an interface is missing; right would be -i NAME, or -T FILE");

  const Options reads = std::get<Options>(Parse({"tcptrack", "-i", "eth0", "-T", "f.pcap"}));
  EXPECT_EQ(reads.read_file, "f.pcap");
  EXPECT_THAT(reads.interfaces, IsEmpty());
}

TEST(CommandLine, OpensAListenerAsTcptrackOnlyWhenAsked) {
  const Options options = std::get<Options>(Parse({"tcptrack", "-i", "eth0", "--web.listen-address", ":1"}));
  EXPECT_THAT(options.listen_addresses, ElementsAre(":1"));
}

TEST(CommandLine, SurvivesAnEmptyArgv) { EXPECT_TRUE(std::holds_alternative<Options>(Parse({}))); }

TEST(CommandLine, AnOtlpEndpointIsAUrlWithoutAPassword) {
  for (const char* wrong : {"collector:4318", "grpc://h:4317", "http://", "http://h/?a=b", ""}) {
    EXPECT_THAT(ErrorOf({"--otlp.endpoint", wrong}), HasSubstr("right would be http://HOST:4318")) << wrong;
  }
  const std::string error = ErrorOf({"--otlp.endpoint", "http://user:secret@h"});
  EXPECT_THAT(error, HasSubstr("OTEL_EXPORTER_OTLP_HEADERS"));
  EXPECT_THAT(error, Not(HasSubstr("secret")));
}

TEST(CommandLine, ASingleAnswerIsPushedOnlyWhenTheOptionSaysSo) {
  EXPECT_FALSE(OptionsOf({}).otlp_only_by_option);
  EXPECT_TRUE(OptionsOf({"-T", "f", "--output", "table"}).otlp_only_by_option);
  const CommandLine as_tcptrack = Parse({"/usr/bin/tcptrack", "-i", "eth0"});
  EXPECT_TRUE(std::get<Options>(as_tcptrack).otlp_only_by_option);
}

}  // namespace
}  // namespace tcpgauge
