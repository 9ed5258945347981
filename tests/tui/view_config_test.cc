// SPDX-License-Identifier: Apache-2.0
#include "tui/view_config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

std::string ErrorOf(const std::string& yaml) {
  const absl::StatusOr<ViewSettings> settings = ParseViewConfig(yaml, "c.yml");
  return settings.ok() ? "" : std::string(settings.status().message());
}

TEST(ViewConfig, AnEmptyFileChangesNothing) {
  for (const char* yaml : {"", "# a comment\n", "---\n"}) {
    const ViewSettings settings = ParseViewConfig(yaml, "c.yml").value();
    EXPECT_EQ(settings.sort, ConnectionSort::kRate);
    EXPECT_TRUE(settings.columns.empty());
    EXPECT_TRUE(settings.mouse);
  }
}

TEST(ViewConfig, TakesEveryKey) {
  const ViewSettings settings = ParseViewConfig(
                                    "columns: [server, client, up, resp]\n"
                                    "sort: -response\n"
                                    "hide_closed: true\n"
                                    "bits: yes\n"
                                    "names: true\n"
                                    "mouse: false\n"
                                    "colours: {trouble: magenta, bar: green}\n"
                                    "light_background: true\n",
                                    "c.yml")
                                    .value();
  ASSERT_EQ(settings.columns.size(), 4u);
  EXPECT_EQ(settings.columns[0].title, "Server");
  EXPECT_EQ(settings.columns[2].title, "Up/s");
  EXPECT_EQ(settings.sort, ConnectionSort::kResponse);
  EXPECT_TRUE(settings.reverse && settings.hide_closed && settings.bits && settings.names);
  EXPECT_FALSE(settings.mouse);
  EXPECT_EQ(settings.palette.text[static_cast<size_t>(Style::kFailed)], Colour::kMagenta);
  EXPECT_EQ(settings.palette.text[static_cast<size_t>(Style::kAccent)], Colour::kBlue) << "of a light background";
  EXPECT_EQ(settings.palette.bar, Colour::kGreen);
  EXPECT_FALSE(ParseViewConfig("colours: false", "c.yml")->palette.on);
}

TEST(ViewConfig, AnErrorNamesFileLineAndWhatWouldBeRight) {
  EXPECT_EQ(ErrorOf("bits: true\nsortt: rate\n"),
            "c.yml, line 2: unknown key \"sortt\"; use columns, sort, hide_closed, bits, names, mouse, "
            "light_background, colours");
  const std::map<std::string, std::string> cases = {
      {"sort: fast", "c.yml, line 1: there is no order \"fast\"; use start, rate, bytes"},
      {"\ncolumns:\n  - client\n  - spede\n", "c.yml, line 4: there is no column \"spede\"; use client, "},
      {"columns: [up, up]", "c.yml, line 1: the column \"up\" occurs twice"},
      {"columns: client", "c.yml, line 1: columns must be a list, as in [client, server, up, down]"},
      {"bits: 7", "c.yml, line 1: bits must be true or false"},
      {"bits: true\nbits: true", "c.yml, line 2: \"bits\" occurs twice"},
      {"colours: {troubel: red}", "c.yml, line 1: colours has no \"troubel\"; use trouble, opening"},
      {"colours: {bar: beige}", "c.yml, line 1: bar cannot be \"beige\"; it may be default, black, red"},
      {"sort: [", "c.yml, line 1: this is no YAML: "},
      {"- a", "c.yml, line 1: the file must be a mapping"},
      {"bits: true\n---\nbits: false\n", "c.yml: there is a second document"},
      {"bits: true\n\4\nmouse: false\n", "c.yml, line 2: this is not text in UTF-8"},
      {std::string(20000, '['), "c.yml, line 1: too many lists or mappings in one another"},
      {"\"\\e[31m\": 1", "c.yml, line 1: unknown key \"\\033[31m\""}};
  for (const auto& [yaml, error] : cases) EXPECT_EQ(ErrorOf(yaml).substr(0, error.size()), error) << yaml;
}

TEST(ViewConfig, IsWhereTheXdgSpecificationPutsIt) {
  std::map<std::string, std::string> variables;
  const auto path = [&variables] {
    return ViewConfigPath(
        [&variables](const char* name) { return variables.count(name) == 0 ? nullptr : variables[name].c_str(); });
  };
  EXPECT_EQ(path(), "");
  variables["HOME"] = "/home/alice";
  EXPECT_EQ(path(), "/home/alice/.config/tcpgauge/config.yml");
  variables["XDG_CONFIG_HOME"] = "relative";
  EXPECT_EQ(path(), "/home/alice/.config/tcpgauge/config.yml");
  variables["XDG_CONFIG_HOME"] = "/etc/xdg";
  EXPECT_EQ(path(), "/etc/xdg/tcpgauge/config.yml");
}

TEST(ViewConfig, AMissingFileIsNoErrorAndAFolderIsOne) {
  const ScratchDirectory folder;
  EXPECT_TRUE(ReadViewConfig(folder.path() + "/none/config.yml").ok());
  EXPECT_FALSE(ReadViewConfig(folder.path()).ok());
  const std::string path = folder.path() + "/config.yml";
  std::ofstream(path) << "sort: bytes\n";
  EXPECT_EQ(ReadViewConfig(path)->sort, ConnectionSort::kBytes);
}

}  // namespace
}  // namespace tcpgauge
