// SPDX-License-Identifier: Apache-2.0
#include "src/base/yaml_document.h"

#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <exception>
#include <sstream>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/base/utf8.h"

namespace tcpgauge {
namespace {

std::string Escaped(const std::string& text) { return absl::Utf8SafeCEscape(ToValidUtf8(text)); }

// Throws on a text that no reader should see.
class Inspection : public YAML::EventHandler {
 public:
  static void Inspect(const std::string& yaml) {
    YAML::Mark mark;
    for (size_t i = 0; i < yaml.size();) {
      const size_t bytes = Utf8SequenceLength(std::string_view(yaml).substr(i));
      const bool is_control =
          (yaml[i] >= 0 && yaml[i] < ' ' && !absl::StrContains("\t\n\r", yaml[i])) || yaml[i] == 0x7f;
      if (bytes == 0 || is_control) throw YamlFault{mark, "this is not text in UTF-8"};
      if (yaml[i] == '\n') ++mark.line;
      i += bytes;
    }
    std::istringstream stream(yaml);
    YAML::Parser parser(stream);
    Inspection inspection;
    parser.HandleNextDocument(inspection);
    if (parser.HandleNextDocument(inspection)) {
      throw YamlFault{YAML::Mark::null_mark(), "there is a second document; remove the line --- that begins it"};
    }
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    if (++aliases_ > kMaxYamlAliases) throw YamlFault{mark, "too many aliases; write the values themselves"};
  }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Descend(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Descend(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void Descend(const YAML::Mark& mark) {
    if (++depth_ > kMaxYamlDepth) throw YamlFault{mark, "too many lists or mappings in one another"};
  }

  int depth_ = 0;
  int aliases_ = 0;
};

absl::Status Error(const std::string& file, const YAML::Mark& where, const std::string& what) {
  const std::string line = where.is_null() ? "" : absl::StrCat(", line ", where.line + 1);
  return absl::InvalidArgumentError(absl::StrCat(file, line, ": ", what));
}

}  // namespace

absl::Status ReadYaml(const std::string& yaml, const std::string& file,
                      absl::FunctionRef<void(const YAML::Node& root)> read) {
  try {
    Inspection::Inspect(yaml);
    read(YAML::Load(yaml));
    return absl::OkStatus();
  } catch (const YamlFault& fault) {
    return Error(file, fault.where, fault.what);
  } catch (const YAML::Exception& exception) {
    return Error(file, exception.mark, absl::StrCat("this is no YAML: ", Escaped(exception.msg)));
  }
}

std::string QuotedYaml(const std::string& text) {
  constexpr size_t kMaxBytes = 100;
  return absl::StrCat("\"", Escaped(text.substr(0, kMaxBytes)), text.size() > kMaxBytes ? "..." : "", "\"");
}

std::string YamlText(const YAML::Node& node, const std::string& name) {
  if (!node.IsScalar()) throw YamlFault{node.Mark(), absl::StrCat(name, " must be one text")};
  return node.Scalar();
}

bool YamlBoolean(const YAML::Node& node, const std::string& name) {
  bool value;
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value)) {
    throw YamlFault{node.Mark(), absl::StrCat(name, " must be true or false")};
  }
  return value;
}

}  // namespace tcpgauge
