// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_YAML_DOCUMENT_H_
#define TCPGAUGE_SRC_BASE_YAML_DOCUMENT_H_

#include <yaml-cpp/yaml.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace tcpgauge {

// Reads files that users write in YAML, with yaml-cpp. Only source files of such readers include this header.

// What is wrong in a document. It is thrown, because yaml-cpp reports its errors by exceptions too. ReadYaml() catches
// it, so it never leaves a reader.
struct YamlFault {
  YAML::Mark where;  // YAML::Mark::null_mark(): nowhere in particular
  std::string what;
};

// Bounds of ReadYaml(): how deep mappings and lists may be nested, and how many aliases a document may have.
constexpr int kMaxYamlDepth = 8;
constexpr int kMaxYamlAliases = 100;

// Parses `yaml`, the contents of a file, and calls `read` with its root, which is null for an empty file.
//
// Errors: InvalidArgument, in one short line of ASCII that begins with `file` and the line's number: when `read` throws
// a YamlFault, when `yaml` is no YAML or beyond the bounds, and when it is not a single document in UTF-8, whose only
// control characters are tabs and line ends. yaml-cpp itself stops at the byte 4 and at the end of the first document,
// so that what follows would be lost, and deep nesting uses up its stack.
//
// Thread: any.
absl::Status ReadYaml(const std::string& yaml, const std::string& file,
                      absl::FunctionRef<void(const YAML::Node& root)> read);

// Returns `text`, which comes from the file, for a message: in quotes, escaped, and cut if it is long.
std::string QuotedYaml(const std::string& text);

// Each of the next two functions returns the value of `node`, and throws a YamlFault if it is none. `name` stands for
// the value in messages.
std::string YamlText(const YAML::Node& node, const std::string& name);
bool YamlBoolean(const YAML::Node& node, const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_YAML_DOCUMENT_H_
