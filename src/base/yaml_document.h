// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_YAML_DOCUMENT_H_
#define TCPGAUGE_SRC_BASE_YAML_DOCUMENT_H_

#include <yaml-cpp/yaml.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace tcpgauge {

// Reads files that users write in YAML, with yaml-cpp. Only source files of such readers include this header.

// An error in a document. It is thrown as an exception, because yaml-cpp throws its own errors too. ReadYaml() catches
// both kinds, so neither leaves a reader.
struct YamlFault {
  YAML::Mark where;  // YAML::Mark::null_mark(): no particular line
  std::string what;
};

// Bounds of ReadYaml(): how deep mappings and lists may be nested, and how many aliases a document may have.
constexpr int kMaxYamlDepth = 8;
constexpr int kMaxYamlAliases = 100;

// Parses `yaml`, the contents of a file, and calls `read` with its root, which is null for an empty file.
//
// Errors: InvalidArgument when `read` throws a YamlFault, when `yaml` is no YAML or exceeds the bounds, or when it has
// more than one document, is not UTF-8, or has control characters other than tabs and line ends. The message is one
// short line of ASCII. It begins with `file` and, if the error has a place, the number of the line. yaml-cpp alone
// would lose all text after a byte 4 or after the first document, and deep nesting would use up the stack.
//
// Thread: any.
absl::Status ReadYaml(const std::string& yaml, const std::string& file,
                      absl::FunctionRef<void(const YAML::Node& root)> read);

// Returns `text`, which comes from the file, for a message: in quotes, escaped, and cut if it is long.
std::string QuotedYaml(const std::string& text);

// These two return the value of `node`: a text, or true or false. They throw a YamlFault if `node` has no such value.
// Messages call the value `name`.
std::string YamlText(const YAML::Node& node, const std::string& name);
bool YamlBoolean(const YAML::Node& node, const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_YAML_DOCUMENT_H_
