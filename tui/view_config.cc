// SPDX-License-Identifier: Apache-2.0
#include "tui/view_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/small_file.h"
#include "src/base/yaml_document.h"
#include "src/snapshot/connection_sort.h"
#include "tui/column_table.h"

namespace tcpgauge {
namespace {

constexpr std::pair<const char*, Colour> kColours[] = {
    {"default", Colour::kDefault}, {"black", Colour::kBlack},   {"red", Colour::kRed},
    {"green", Colour::kGreen},     {"yellow", Colour::kYellow}, {"blue", Colour::kBlue},
    {"magenta", Colour::kMagenta}, {"cyan", Colour::kCyan},     {"white", Colour::kWhite}};

// What a colour can be given to, with its styles. The bar has none.
struct Part {
  const char* name;
  std::vector<Style> styles;
};
const std::vector<Part>& Parts() {
  static const auto& parts = *new std::vector<Part>{{"trouble", {Style::kFailed}},
                                                    {"opening", {Style::kOpening}},
                                                    {"open", {Style::kOpen}},
                                                    {"ending", {Style::kEnding}},
                                                    {"share", {Style::kLargeShare, Style::kMainShare}},
                                                    {"accent", {Style::kAccent}},
                                                    {"bar", {}}};
  return parts;
}

void TakeColumns(const YAML::Node& node, ViewSettings* settings) {
  if (!node.IsSequence() || node.size() == 0) {
    throw YamlFault{node.Mark(), "columns must be a list, as in [client, server, up, down]"};
  }
  for (const YAML::Node& element : node) {
    const std::string name = YamlText(element, "a column");
    const Column* const column = ColumnNamed(name);
    if (column == nullptr) {
      throw YamlFault{element.Mark(), absl::StrCat("there is no column ", QuotedYaml(name), "; use ", ColumnNames())};
    }
    const auto same = [column](const Column& other) { return other.title == column->title; };
    if (std::any_of(settings->columns.begin(), settings->columns.end(), same)) {
      throw YamlFault{element.Mark(), absl::StrCat("the column ", QuotedYaml(name), " occurs twice")};
    }
    settings->columns.push_back(*column);
    // From left to right, as the user wants them: as many as there is room for, and the first in any case.
    settings->columns.back().priority = settings->columns.size() == 1 ? Priority::kAlways : Priority::kNarrow;
  }
}

void TakeSort(const YAML::Node& node, ViewSettings* settings) {
  std::string name = YamlText(node, "sort");
  settings->reverse = !name.empty() && name.front() == '-';
  if (settings->reverse) name.erase(0, 1);
  const std::optional<ConnectionSort> sort = ParseConnectionSort(name);
  if (!sort.has_value()) {
    throw YamlFault{node.Mark(), absl::StrCat("there is no order ", QuotedYaml(name), "; use ", ConnectionSortNames(),
                                              ", or one of them after a - to reverse it")};
  }
  settings->sort = *sort;
}

Colour ColourOf(const YAML::Node& node, const std::string& name) {
  const std::string text = YamlText(node, name);
  std::vector<std::string> known;
  for (const auto& [candidate, colour] : kColours) {
    if (text == candidate) return colour;
    known.emplace_back(candidate);
  }
  throw YamlFault{node.Mark(),
                  absl::StrCat(name, " cannot be ", QuotedYaml(text), "; it may be ", absl::StrJoin(known, ", "))};
}

void TakeColours(const YAML::Node& node, Palette* palette) {
  if (node.IsScalar()) {
    palette->on = YamlBoolean(node, "colours (or a mapping, as in {trouble: magenta})");
    return;
  }
  if (!node.IsMap()) throw YamlFault{node.Mark(), "colours must be false, or a mapping, as in {trouble: magenta}"};
  for (const auto& entry : node) {
    const std::string name = YamlText(entry.first, "a key of colours");
    const auto part = std::find_if(Parts().begin(), Parts().end(), [&name](const Part& p) { return p.name == name; });
    if (part == Parts().end()) {
      std::vector<std::string> known;
      for (const Part& each : Parts()) known.emplace_back(each.name);
      throw YamlFault{entry.first.Mark(),
                      absl::StrCat("colours has no ", QuotedYaml(name), "; use ", absl::StrJoin(known, ", "))};
    }
    const Colour colour = ColourOf(entry.second, name);
    for (const Style style : part->styles) palette->text[static_cast<size_t>(style)] = colour;
    if (part->styles.empty()) palette->bar = colour;
  }
}

ViewSettings SettingsOf(const YAML::Node& root) {
  ViewSettings settings;
  if (root.IsNull()) return settings;
  if (!root.IsMap()) throw YamlFault{root.Mark(), "the file must be a mapping, as in \"sort: rate\""};
  // The background first, since the colours change what it chose.
  for (const auto& entry : root) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != "light_background") continue;
    settings.palette = MakePalette(YamlBoolean(entry.second, "light_background"));
  }
  constexpr const char* kKeys = "columns, sort, hide_closed, bits, names, mouse, light_background, colours";
  std::set<std::string> seen;
  for (const auto& entry : root) {
    const std::string key = YamlText(entry.first, "a key");
    const YAML::Node& value = entry.second;
    if (!seen.insert(key).second) throw YamlFault{entry.first.Mark(), absl::StrCat(QuotedYaml(key), " occurs twice")};
    if (key == "columns") {
      TakeColumns(value, &settings);
    } else if (key == "sort") {
      TakeSort(value, &settings);
    } else if (key == "hide_closed") {
      settings.hide_closed = YamlBoolean(value, key);
    } else if (key == "bits") {
      settings.bits = YamlBoolean(value, key);
    } else if (key == "names") {
      settings.names = YamlBoolean(value, key);
    } else if (key == "mouse") {
      settings.mouse = YamlBoolean(value, key);
    } else if (key == "colours") {
      TakeColours(value, &settings.palette);
    } else if (key != "light_background") {
      throw YamlFault{entry.first.Mark(), absl::StrCat("unknown key ", QuotedYaml(key), "; use ", kKeys)};
    }
  }
  return settings;
}

}  // namespace

std::string ViewConfigPath(const std::function<const char*(const char*)>& variable) {
  constexpr const char* kName = "/tcpgauge/config.yml";
  const char* const folder = variable("XDG_CONFIG_HOME");
  if (folder != nullptr && folder[0] == '/') return absl::StrCat(folder, kName);
  const char* const home = variable("HOME");
  return home == nullptr || home[0] != '/' ? "" : absl::StrCat(home, "/.config", kName);
}

absl::StatusOr<ViewSettings> ParseViewConfig(const std::string& yaml, const std::string& file) {
  ViewSettings settings;
  const absl::Status status =
      ReadYaml(yaml, file, [&settings](const YAML::Node& root) { settings = SettingsOf(root); });
  if (!status.ok()) return status;
  return settings;
}

absl::StatusOr<ViewSettings> ReadViewConfig(const std::string& path) {
  const absl::StatusOr<std::string> yaml = ReadSmallFile(path);
  if (absl::IsNotFound(yaml.status())) return ViewSettings();
  if (!yaml.ok()) return yaml.status();
  return ParseViewConfig(*yaml, path);
}

}  // namespace tcpgauge
