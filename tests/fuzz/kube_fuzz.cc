// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the client of the Kubernetes API. An input is what a hostile API server answers, after two bytes: the
// size of the pieces in which the answer arrives, and which kind of object it should have, in a list or in a watch.
//
// The result must be the same in pieces and as a whole. No name may be anything but a name, and no store may exceed its
// bound.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "src/base/check.h"
#include "src/identity/identity_draft.h"
#include "src/kube/event_lines.h"
#include "src/kube/object_store.h"
#include "src/kube/pod_store.h"
#include "src/kube/read_objects.h"
#include "src/kube/service_store.h"
#include "src/kube/slice_store.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"
#include "src/naming/name_rule.h"
#include "tests/json/text_body.h"

namespace tcpgauge {
namespace {

constexpr size_t kHeadBytes = 2;
constexpr size_t kMaxEndpoints = 20;
constexpr size_t kMaxLineBytes = 500;

using Names = std::map<std::string, std::string>;

void CheckName(std::string_view text) { TCPGAUGE_CHECK(text.empty() || IsName(text)); }

std::string TextOf(const EndIdentity& identity) {
  std::string text;
  for (const auto& name : {identity.namespace_name, identity.pod, identity.workload, identity.workload_kind,
                           identity.service, identity.node, identity.zone}) {
    CheckName(name);
    text.append(name.view()).append(" ");
  }
  return text;
}

// Three stores, of which one takes the answer.
class Stores {
 public:
  ObjectStore* Of(uint8_t kind) {
    if (kind % 3 == 0) return &pods_;
    if (kind % 3 == 1) return &slices_;
    return &services_;
  }

  // What the stores know; also checks it.
  Names Known() const {
    TCPGAUGE_CHECK(pods_.size() <= kMaxEndpoints && slices_.size() <= kMaxEndpoints);
    TCPGAUGE_CHECK(services_.size() <= kMaxEndpoints);
    IdentityPool pool;
    IdentityDraft draft(10000, &pool);
    pods_.AddTo(slices_.ZoneOf("n"), &draft);
    slices_.AddTo(&draft);
    services_.AddTo(slices_.WorkloadsOfServices(), &draft);
    IdentityDraft::Recent recent;
    const auto map = draft.Finish(&recent, 0);
    Names names;
    for (const auto& [address, ref] : map->addresses) names[address.ToString()] = TextOf(ref->identity);
    for (const auto& [endpoint, ref] : map->endpoints) names[endpoint.ToString()] = TextOf(ref->identity);
    return names;
  }

 private:
  PodStore pods_{kMaxEndpoints};
  SliceStore slices_{kMaxEndpoints};
  ServiceStore services_{kMaxEndpoints};
};

struct Result {
  Names names;
  std::string rest;  // versions, and what was skipped
};

Result ReadList(const std::string& text, size_t piece_bytes, uint8_t kind) {
  TextBody body(text, piece_bytes);
  Stores stores;
  const absl::StatusOr<ListPage> page = ReadListPage(&body, stores.Of(kind));
  Result result = {stores.Known(), page.status().ToString()};
  if (page.ok()) result.rest = page->resource_version + " " + page->next + " " + std::to_string(page->objects);
  return result;
}

Result ReadWatch(const std::string& text, size_t piece_bytes, uint8_t kind) {
  TextBody body(text, piece_bytes);
  EventLines lines(&body, kMaxLineBytes);
  Stores stores;
  ObjectStore* const store = stores.Of(kind);
  store->BeginSync();
  Result result;
  while (true) {
    const absl::StatusOr<std::optional<std::string_view>> line = lines.Next();
    TCPGAUGE_CHECK(line.ok());
    if (!line->has_value()) break;
    TCPGAUGE_CHECK(!(*line)->empty() && (*line)->size() <= kMaxLineBytes);
    const absl::StatusOr<WatchEvent> event = ReadWatchEvent(**line, store->parser());
    if (!event.ok()) continue;
    if (event->type == WatchEvent::Type::kAdded) store->Put();
    if (event->type == WatchEvent::Type::kDeleted) store->Remove();
    if (event->ends_initial_events) store->EndSync();
    result.rest += event->resource_version + " " + std::to_string(event->error_code) + " ";
  }
  result.rest += std::to_string(lines.too_long());
  result.names = stores.Known();
  return result;
}

void Run(const uint8_t* data, size_t size) {
  if (size < kHeadBytes) return;
  const size_t piece_bytes = 1 + data[0];
  const uint8_t kind = data[1];
  const std::string text(reinterpret_cast<const char*>(data) + kHeadBytes, size - kHeadBytes);
  const auto read = kind % 2 == 0 ? ReadList : ReadWatch;
  const Result whole = read(text, SIZE_MAX, kind / 2);
  const Result pieces = read(text, piece_bytes, kind / 2);
  TCPGAUGE_CHECK(whole.names == pieces.names && whole.rest == pieces.rest);
}

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Run(data, size);
  return 0;
}
