// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_READ_OBJECTS_H_
#define TCPGAUGE_SRC_KUBE_READ_OBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "src/json/answer_body.h"
#include "src/kube/object_parser.h"
#include "src/kube/object_store.h"

namespace tcpgauge {

// Members of JsonBounds. The first two apply only to a page of a list. A watch event has at most the bytes of its line
// (EventLines). Here, a token is one JSON text or number. In a pod, the largest tokens are annotations and variables,
// with up to 1 MiB.
constexpr size_t kMaxListBytes = 1 << 30;
constexpr size_t kMaxObjectTokenBytes = 1536 << 10;
constexpr size_t kMaxObjectDepth = 64;

// What a page of a list says besides its objects.
struct ListPage {
  uint64_t objects = 0;
  std::string resource_version;  // of the list
  std::string next;              // names the next page (metadata.continue); empty = this is the last page
};

// Reads a page of a list from `body`, and calls Put() for each object while the page arrives.
// Errors: those of ReadJson() and ObjectBody, and kInvalidArgument if the answer is not a list. After an error, Put()
// was called already for the objects that came before it.
absl::StatusOr<ListPage> ReadListPage(AnswerBody* body, ObjectStore* store);

// An event of a watch.
struct WatchEvent {
  enum class Type : uint8_t { kOther, kAdded, kModified, kDeleted, kBookmark, kError };

  Type type = Type::kOther;
  std::string resource_version;      // of the object; empty if the event has none
  bool ends_initial_events = false;  // whether this bookmark follows the last initial event
  int error_code = 0;                // of an error, an HTTP status code
  std::string error_message;         // of an error; at most kMaxFailureMessageBytes, untrusted
};

// Reads an event, and passes its object to `parser`. An event of an unknown type is kOther. Errors: those of
// ReadJson().
absl::StatusOr<WatchEvent> ReadWatchEvent(std::string_view line, ObjectParser* parser);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_READ_OBJECTS_H_
