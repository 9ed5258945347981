// SPDX-License-Identifier: Apache-2.0
#include "src/kube/read_objects.h"

#include <vector>

#include "absl/status/status.h"
#include "src/json/json_reader.h"
#include "src/json/json_scalar.h"
#include "src/json/string_body.h"
#include "src/kube/failure_message.h"
#include "src/kube/object_body.h"

namespace tcpgauge {
namespace {

constexpr JsonSource kSource = {"the answer of the Kubernetes API", "the answer of the Kubernetes API is not JSON"};
constexpr size_t kMaxContinueBytes = 4096;
constexpr size_t kMaxVersionBytes = 64;

// Passes the content of an object to its parser, with paths.
class ObjectReader {
 public:
  explicit ObjectReader(ObjectParser* parser) : parser_(*parser) {}

  bool is_open() const { return !path_ends_.empty(); }

  void Open() {
    parser_.Begin();
    path_.clear();
    path_ends_.assign(1, 0);
  }
  bool Enter(std::string_view key) {
    const size_t end = path_.size();
    Append(key);
    if (!parser_.Wants(path_)) {
      path_.resize(end);
      return false;
    }
    path_ends_.push_back(end);
    return true;
  }
  void Take(std::string_view key, const JsonScalar& value) {
    const size_t end = path_.size();
    Append(key);
    parser_.Take(path_, value);
    path_.resize(end);
  }
  void Leave() {
    if (path_ends_.size() > 1) parser_.Leave(path_);
    path_.resize(path_ends_.back());
    path_ends_.pop_back();
  }

  std::string_view path() const { return path_; }

 private:
  void Append(std::string_view key) {
    if (key.empty()) return;  // in an array
    if (!path_.empty()) path_ += '.';
    path_ += key;
  }

  ObjectParser& parser_;
  std::string path_;               // of the open object or array
  std::vector<size_t> path_ends_;  // what path_ was before each open object and array
};

class ListVisitor final : public JsonVisitor {
 public:
  ListVisitor(ObjectBody* body, ObjectStore* store) : body_(*body), store_(*store), reader_(store->parser()) {}

  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override {
    if (reader_.is_open()) return reader_.Enter(key);
    switch (place_) {
      case Place::kOutside:
        if (!is_object) return false;
        place_ = Place::kList;
        return true;
      case Place::kList:
        if (key == "metadata" && is_object) place_ = Place::kMetadata;
        if (key == "items" && !is_object) {
          place_ = Place::kItems;
          has_items_ = true;
        }
        return place_ != Place::kList;
      case Place::kMetadata:
        return false;
      case Place::kItems:
        if (is_object) reader_.Open();
        return is_object;
    }
    return false;
  }

  absl::Status Leave() override {
    if (reader_.is_open()) {
      reader_.Leave();
      if (!reader_.is_open()) {
        store_.Put();
        body_.NoteObject();
        ++page_.objects;
      }
      return absl::OkStatus();
    }
    place_ = place_ == Place::kList ? Place::kOutside : Place::kList;
    return absl::OkStatus();
  }

  absl::Status Take(std::string_view key, const JsonScalar& value) override {
    if (reader_.is_open()) {
      reader_.Take(key, value);
    } else if (place_ == Place::kMetadata && key == "resourceVersion") {
      page_.resource_version = NameOf(value, kMaxVersionBytes);
    } else if (place_ == Place::kMetadata && key == "continue") {
      page_.next = NameOf(value, kMaxContinueBytes);
    } else if (place_ == Place::kList && key == "items") {
      has_items_ = true;  // null: the list is empty
    }
    return absl::OkStatus();
  }

  bool is_list() const { return has_items_ && !page_.resource_version.empty(); }
  const ListPage& page() const { return page_; }

 private:
  enum class Place : uint8_t { kOutside, kList, kMetadata, kItems };

  ObjectBody& body_;
  ObjectStore& store_;
  ObjectReader reader_;
  Place place_ = Place::kOutside;
  bool has_items_ = false;
  ListPage page_;
};

// Takes what each kind of object has for the watch itself, and passes all to the parser of the kind.
class EventParser final : public ObjectParser {
 public:
  EventParser(ObjectParser* object, WatchEvent* event) : object_(*object), event_(*event) {}

  void Begin() override { object_.Begin(); }
  bool Wants(std::string_view path) const override {
    return path == "metadata" || path == "metadata.annotations" || object_.Wants(path);
  }
  void Take(std::string_view path, const JsonScalar& value) override {
    if (path == "metadata.resourceVersion") {
      event_.resource_version = NameOf(value, kMaxVersionBytes);
    } else if (path == "metadata.annotations.k8s.io/initial-events-end") {
      event_.ends_initial_events = TextOf(value) == "true";
    } else if (path == "code") {
      event_.error_code = static_cast<int>(SmallCountOf(value) % 1000);
    } else if (path == "message") {
      event_.error_message = NameOf(value, kMaxFailureMessageBytes);
    }
    object_.Take(path, value);
  }
  void Leave(std::string_view path) override { object_.Leave(path); }

 private:
  ObjectParser& object_;
  WatchEvent& event_;
};

class EventVisitor final : public JsonVisitor {
 public:
  explicit EventVisitor(ObjectParser* parser) : parser_(parser, &event_), reader_(&parser_) {}

  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override {
    if (reader_.is_open()) return reader_.Enter(key);
    if (!in_event_) {
      in_event_ = is_object;
      return is_object;
    }
    if (key != "object" || !is_object) return false;
    reader_.Open();
    return true;
  }
  absl::Status Leave() override {
    if (reader_.is_open()) {
      reader_.Leave();
    } else {
      in_event_ = false;
    }
    return absl::OkStatus();
  }
  absl::Status Take(std::string_view key, const JsonScalar& value) override {
    if (reader_.is_open()) {
      reader_.Take(key, value);
    } else if (in_event_ && key == "type") {
      event_.type = TypeOf(TextOf(value));
    }
    return absl::OkStatus();
  }

  const WatchEvent& event() const { return event_; }

 private:
  static WatchEvent::Type TypeOf(std::string_view name) {
    if (name == "ADDED") return WatchEvent::Type::kAdded;
    if (name == "MODIFIED") return WatchEvent::Type::kModified;
    if (name == "DELETED") return WatchEvent::Type::kDeleted;
    if (name == "BOOKMARK") return WatchEvent::Type::kBookmark;
    if (name == "ERROR") return WatchEvent::Type::kError;
    return WatchEvent::Type::kOther;
  }

  WatchEvent event_;
  EventParser parser_;
  ObjectReader reader_;
  bool in_event_ = false;
};

}  // namespace

absl::StatusOr<ListPage> ReadListPage(AnswerBody* body, ObjectStore* store) {
  ObjectBody objects(body);
  ListVisitor visitor(&objects, store);
  const absl::Status status =
      ReadJson(&objects, kSource, {kMaxListBytes, kMaxObjectTokenBytes, kMaxObjectDepth}, &visitor);
  if (!status.ok()) return status;
  if (!visitor.is_list()) return absl::InvalidArgumentError("the answer of the Kubernetes API is no list");
  return visitor.page();
}

absl::StatusOr<WatchEvent> ReadWatchEvent(std::string_view line, ObjectParser* parser) {
  StringBody body(line);
  EventVisitor visitor(parser);
  const absl::Status status = ReadJson(&body, kSource, {line.size(), line.size(), kMaxObjectDepth}, &visitor);
  if (!status.ok()) return status;
  return visitor.event();
}

}  // namespace tcpgauge
