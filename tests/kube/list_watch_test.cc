// SPDX-License-Identifier: Apache-2.0
#include "src/kube/list_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "src/base/time_units.h"
#include "src/json/json_scalar.h"
#include "src/kube/event_lines.h"
#include "src/kube/kube_transport.h"
#include "src/kube/object_body.h"
#include "src/kube/object_parser.h"
#include "src/kube/object_store.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = kNanosecondsPerSecond;
constexpr int64_t kMinute = 60 * kSecond;

// An answer of the scripted server.
struct Scripted {
  int status = 200;
  std::string body = "";
  std::optional<int64_t> retry_after_seconds = std::nullopt;
  int64_t lasts_ns = kMinute;  // before the body ends
  absl::Status end = absl::OkStatus();
  absl::Status refusal = absl::OkStatus();  // instead of an answer
};

// Gives the answers of a script, one for each request, and then stops the agent.
class ScriptedTransport final : public KubeTransport {
 public:
  explicit ScriptedTransport(HandMovedClock* clock) : clock_(*clock) {}

  absl::StatusOr<KubeAnswer> Get(const std::string& path_and_query, const Patience& /*patience*/) override {
    if (script.empty()) return absl::CancelledError("stopped");
    requests.push_back(path_and_query);
    now_ = script.front();
    script.pop_front();
    taken_ = 0;
    if (!now_.refusal.ok()) return now_.refusal;
    return KubeAnswer{now_.status, now_.retry_after_seconds, now_.status == 200 ? "" : "no"};
  }
  absl::StatusOr<std::string> Next() override {
    std::string piece = now_.body.substr(taken_, piece_bytes);
    taken_ += piece.size();
    if (!piece.empty()) return piece;
    clock_.Move(std::exchange(now_.lasts_ns, 0));
    if (!now_.end.ok()) return now_.end;
    return piece;
  }
  bool Pause(int64_t ns) override {
    pauses.push_back(ns);
    clock_.Move(ns);
    return true;
  }

  size_t piece_bytes = 7;
  std::deque<Scripted> script;
  std::vector<std::string> requests;
  std::vector<int64_t> pauses;

 private:
  HandMovedClock& clock_;
  Scripted now_;
  size_t taken_ = 0;
};

// Keeps names of objects, and how many times all were read.
class NameStore final : public ObjectStore {
 public:
  ObjectParser* parser() override { return &parser_; }
  void Put() override { names[parser_.name] = generation_; }
  void Remove() override { names.erase(parser_.name); }
  void BeginSync() override { ++generation_; }
  void EndSync() override {
    ++syncs;
    for (auto i = names.begin(); i != names.end();) i = i->second == generation_ ? std::next(i) : names.erase(i);
  }

  std::string Names() const {
    std::string text;
    for (const auto& [name, generation] : names) absl::StrAppend(&text, text.empty() ? "" : " ", name);
    return text;
  }

  std::map<std::string, int> names;
  int syncs = 0;

 private:
  class NameParser final : public ObjectParser {
   public:
    void Begin() override { name.clear(); }
    bool Wants(std::string_view path) const override { return path == "metadata"; }
    void Take(std::string_view path, const JsonScalar& value) override {
      if (path == "metadata.name") name = NameOf(value, 100);
    }
    void Leave(std::string_view /*path*/) override {}

    std::string name;
  };

  NameParser parser_;
  int generation_ = 0;
};

std::string Object(const std::string& name, const std::string& version) {
  return absl::StrCat("{\"metadata\":{\"name\":\"", name, "\",\"resourceVersion\":\"", version, "\"}}");
}

std::string Event(const std::string& type, const std::string& name, const std::string& version) {
  return absl::StrCat("{\"type\":\"", type, "\",\"object\":", Object(name, version), "}\n");
}

std::string Bookmark(const std::string& version) {
  return absl::StrCat("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"", version, "\"}}}\n");
}

std::string EndOfInitialEvents(const std::string& version) {
  return absl::StrCat("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"", version,
                      "\",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n");
}

std::string Error(int code) {
  return absl::StrCat("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"metadata\":{},\"code\":", code,
                      ",\"message\":\"no\"}}\n");
}

std::string Page(const std::vector<std::string>& names, const std::string& version, const std::string& next = "") {
  std::string items;
  for (const std::string& name : names) absl::StrAppend(&items, items.empty() ? "" : ",", Object(name, "1"));
  return absl::StrCat("{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"", version, "\",\"continue\":\"", next,
                      "\"},\"items\":[", items, "]}");
}

class ListWatchTest : public testing::Test {
 protected:
  ListWatchTest() {
    options_.resource = "pods";
    options_.path = "/pods";
    options_.retry.random = [] { return 0.5; };
  }

  void Run() {
    ListWatch list_watch(options_, &store_, &transport_, &clock_);
    list_watch.Run();
    counts_ = list_watch.Counts();
  }

  // The script of a server without initial events, up to its list.
  void Lists(const std::vector<std::string>& names, const std::string& version) {
    if (transport_.script.empty()) transport_.script.push_back({422});
    transport_.script.push_back({200, Page(names, version)});
  }
  void Answers(Scripted answer) { transport_.script.push_back(std::move(answer)); }

  // The pauses that are not 0.
  std::vector<int64_t> Pauses() const {
    std::vector<int64_t> pauses = transport_.pauses;
    pauses.erase(std::remove(pauses.begin(), pauses.end(), 0), pauses.end());
    return pauses;
  }

  HandMovedClock clock_;
  ScriptedTransport transport_{&clock_};
  NameStore store_;
  ListWatchOptions options_;
  ListWatchCounts counts_;
};

using Requests = std::vector<std::string>;
using PauseList = std::vector<int64_t>;

constexpr char kInitial[] =
    "/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=1800&sendInitialEvents=true&"
    "resourceVersionMatch=NotOlderThan";
constexpr char kWatchFrom[] = "/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=1800&resourceVersion=";
constexpr char kList[] = "/pods?limit=500&resourceVersion=0";

TEST_F(ListWatchTest, ReadsAllByAWatchWhereTheServerCan) {
  Answers({200, Event("ADDED", "a", "90") + Event("ADDED", "b", "20") + EndOfInitialEvents("100") +
                    Event("ADDED", "c", "101") + Event("DELETED", "a", "102")});
  Answers({200, Bookmark("200")});
  Answers({200, ""});
  Run();
  EXPECT_EQ(store_.Names(), "b c");
  EXPECT_EQ(store_.syncs, 1);
  EXPECT_EQ(transport_.requests,
            (Requests{kInitial, std::string(kWatchFrom) + "102", std::string(kWatchFrom) + "200"}));
  EXPECT_EQ(Pauses(), (PauseList{}));
  EXPECT_TRUE(counts_.is_up);
  EXPECT_EQ(counts_.events, 4u);
  EXPECT_EQ(counts_.relists, 0u);
  EXPECT_EQ(counts_.failures, 0u);
}

TEST_F(ListWatchTest, ListsInPagesWhereTheServerCannot) {
  for (const int refusal : {400, 422}) {
    transport_.requests.clear();
    Answers({refusal});
    Answers({200, Page({"a", "b"}, "100", "x/+y=")});
    Answers({200, Page({"c"}, "100")});
    Answers({200, Event("MODIFIED", "a", "101") + Event("ADDED", "d", "102")});
    Answers({200, ""});
    Run();
    EXPECT_EQ(store_.Names(), "a b c d");
    EXPECT_EQ(transport_.requests, (Requests{kInitial, kList, "/pods?limit=500&continue=x%2F%2By%3D",
                                             std::string(kWatchFrom) + "100", std::string(kWatchFrom) + "102"}));
    EXPECT_EQ(counts_.failures, 0u);
    EXPECT_TRUE(counts_.is_up);
  }
}

TEST_F(ListWatchTest, ListsWhereTheServerPassesOverTheParameter) {
  Answers({200, Event("ADDED", "a", "90")});
  Answers({200, Page({"b"}, "100")});
  Run();
  EXPECT_EQ(transport_.requests, (Requests{kInitial, kList}));
  EXPECT_EQ(store_.Names(), "b") << "a was not in the list";
}

TEST_F(ListWatchTest, AsksWithTheSelector) {
  options_.selector = "fieldSelector=spec.nodeName%3Da";
  Answers({422});
  Answers({200, Page({}, "1")});
  Run();
  for (const std::string& request : transport_.requests) {
    EXPECT_NE(request.find("&fieldSelector=spec.nodeName%3Da"), std::string::npos) << request;
  }
}

TEST_F(ListWatchTest, WaitsBeforeTheFirstRequest) {
  options_.first_request_ns = 17 * kSecond;
  Run();
  EXPECT_EQ(Pauses(), (PauseList{17 * kSecond}));
}

TEST_F(ListWatchTest, ReadsAllAgainWhenTheServerForgot) {
  for (const bool is_status : {true, false}) {
    const std::string event = Event("ADDED", "b", "101");
    Answers({200, Event("ADDED", "a", "90") + EndOfInitialEvents("100") + event});
    Answers(is_status ? Scripted{410} : Scripted{200, Error(410)});
    Answers({200, Event("ADDED", "c", "200")});  // breaks off
    transport_.script.back().end = absl::UnavailableError("reset");
    transport_.pauses.clear();
    Run();
    EXPECT_EQ(Pauses(), (PauseList{15 * kSecond, 2 * kSecond}));
    EXPECT_EQ(store_.Names(), "a b c") << "the former names stay until all were read";
    EXPECT_FALSE(counts_.is_up);
    EXPECT_EQ(counts_.relists, 0u) << "it is not complete";
    EXPECT_EQ(transport_.requests.back(), kInitial);
    store_.names.clear();
  }
}

TEST_F(ListWatchTest, ForgetsWhatIsGoneOnceAllWasReadAgain) {
  Lists({"a", "b"}, "100");
  Answers({200, Event("ADDED", "c", "101")});
  Answers({410});
  Lists({"b", "d"}, "200");
  Run();
  EXPECT_EQ(store_.Names(), "b d");
  EXPECT_EQ(transport_.requests.back(), kList);
  EXPECT_EQ(counts_.relists, 1u);
  EXPECT_TRUE(counts_.is_up);
}

TEST_F(ListWatchTest, AsksForAnExactListWhenTheCacheIsTooOld) {
  Lists({"a"}, "100");
  Answers({410});
  Lists({"a"}, "200");
  Answers({410});
  Lists({"a"}, "300");
  Answers({200, Bookmark("301")});
  Answers({410});
  Lists({"a"}, "400");
  Run();
  Requests lists;
  for (const std::string& request : transport_.requests) {
    if (request.find("limit=") != std::string::npos) lists.push_back(request);
  }
  EXPECT_EQ(lists, (Requests{kList, "/pods?limit=500", "/pods?limit=500", kList}));
}

TEST_F(ListWatchTest, BeginsAgainWhenAPageHasExpired) {
  Answers({422});
  Answers({200, Page({"a"}, "100", "next")});
  Answers({410});
  Answers({200, Page({"b"}, "200")});
  Run();
  EXPECT_EQ(store_.Names(), "b");
  EXPECT_EQ(Pauses(), (PauseList{15 * kSecond}));
}

TEST_F(ListWatchTest, WaitsAsLongAsTheServerAsks) {
  Answers({429, "", 8});
  Answers({503, "", 4});
  Answers({200, EndOfInitialEvents("100")});
  Run();
  EXPECT_EQ(Pauses(), (PauseList{10 * kSecond, 5 * kSecond}));
  EXPECT_EQ(transport_.requests, (Requests{kInitial, kInitial, kInitial}));
  EXPECT_EQ(counts_.failures, 2u);
}

TEST_F(ListWatchTest, BacksOffAfterFailures) {
  for (const int status : {500, 503, 401, 403}) Answers({status});
  Answers({200, "", std::nullopt, 0, absl::OkStatus(), absl::UnavailableError("refused")});
  Answers({200, EndOfInitialEvents("100")});
  Answers({500});
  Answers({200, Event("ADDED", "a", "101")});
  Run();
  EXPECT_EQ(Pauses(), (PauseList{kSecond, 2 * kSecond, 4 * kSecond, 8 * kSecond, 16 * kSecond, kSecond}))
      << "a line of the server makes the next failure a first one";
  EXPECT_EQ(transport_.requests.back(), std::string(kWatchFrom) + "100") << "nothing is read again";
  EXPECT_EQ(counts_.relists, 0u);
}

TEST_F(ListWatchTest, ContinuesAfterABrokenConnectionWithoutReadingAll) {
  Answers({200, EndOfInitialEvents("100") + Event("ADDED", "a", "101") + Event("ADDED", "b", "102").substr(0, 30)});
  transport_.script.back().end = absl::UnavailableError("reset");
  Answers({200, Event("ADDED", "b", "102")});
  Run();
  EXPECT_EQ(transport_.requests, (Requests{kInitial, std::string(kWatchFrom) + "101"}));
  EXPECT_EQ(store_.Names(), "a b");
  EXPECT_EQ(counts_.failures, 1u);
  EXPECT_TRUE(counts_.is_up);
}

TEST_F(ListWatchTest, TheEndOfAWatchIsNoFailure) {
  Answers({200, EndOfInitialEvents("100")});
  for (int i = 0; i < 5; ++i) Answers({200, "", std::nullopt, 30 * kMinute});
  Answers({200, "", std::nullopt, 5 * kMinute, absl::DeadlineExceededError("silent")});
  Answers({200, "", std::nullopt, 30 * kMinute});
  Run();
  EXPECT_EQ(Pauses(), (PauseList{}));
  EXPECT_EQ(counts_.failures, 0u);
  EXPECT_TRUE(counts_.is_up);
}

TEST_F(ListWatchTest, DoesNotAskInALoopWhenWatchesEndAtOnce) {
  Answers({200, EndOfInitialEvents("100")});
  for (int i = 0; i < 3; ++i) Answers({200, "", std::nullopt, 0});
  for (int i = 0; i < 2; ++i) Answers({200, Event("ADDED", "a", "101"), std::nullopt, 0});
  Run();
  EXPECT_EQ(Pauses(), (PauseList{kSecond, 2 * kSecond, 4 * kSecond, kSecond, kSecond})) << "an event is progress";
}

TEST_F(ListWatchTest, ReadsAllAgainAfterAnyOtherErrorEvent) {
  Answers({200, EndOfInitialEvents("100") + Error(500)});
  Answers({200, Event("ADDED", "a", "150") + EndOfInitialEvents("200")});
  Run();
  EXPECT_EQ(transport_.requests, (Requests{kInitial, kInitial}));
  EXPECT_EQ(Pauses(), (PauseList{kSecond}));
  EXPECT_EQ(counts_.relists, 1u);
}

TEST_F(ListWatchTest, ReadsAllAgainWhenTheServerDoesNotUnderstandTheVersion) {
  for (const int status : {400, 422}) {
    transport_.requests.clear();
    transport_.pauses.clear();
    Answers({200, EndOfInitialEvents("100")});
    Answers({status});
    Answers({200, EndOfInitialEvents("3")});
    Run();
    EXPECT_EQ(transport_.requests, (Requests{kInitial, std::string(kWatchFrom) + "100", kInitial}));
    EXPECT_EQ(Pauses(), (PauseList{kSecond}));
  }
}

TEST_F(ListWatchTest, SkipsAndCountsEventsThatCannotBeRead) {
  std::string huge = Event("ADDED", "huge", "101");
  huge.insert(1, EventLines::kMaxLineBytes, ' ');
  Answers({200, EndOfInitialEvents("100") + "{\"type\":\n" + "<html>\n" + "[1]\n" + Event("PATCHED", "x", "101") +
                    huge + Event("ADDED", "a", "102")});
  Answers({200, ""});
  Run();
  EXPECT_EQ(store_.Names(), "a");
  EXPECT_EQ(counts_.lines_invalid, 4u);
  EXPECT_EQ(counts_.lines_too_long, 1u);
  EXPECT_EQ(transport_.requests.back(), std::string(kWatchFrom) + "102");
}

TEST_F(ListWatchTest, ARequestThatIsNoListIsAFailure) {
  for (const char* body : {"", "<html>", "{}", "[]", "{\"metadata\":{\"resourceVersion\":\"1\"}}", "{\"items\":[]}"}) {
    Answers({422});
    Answers({200, body});
    Run();
    EXPECT_EQ(counts_.failures, 1u) << body;
    EXPECT_FALSE(counts_.is_up) << body;
  }
  Answers({422});
  Answers({200, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":null}"});
  Run();
  EXPECT_TRUE(counts_.is_up) << "an empty list";
}

TEST_F(ListWatchTest, AListThatDoesNotEndIsAFailure) {
  struct Case {
    const char* name;
    bool has_objects;
    bool has_same_token;
    size_t requests;
  };
  const Case cases[] = {
      {"the same token", true, true, 2},
      {"the same token, without objects", false, true, 2},
      {"pages without objects", false, false, 101},
      {"pages without end", true, false, 4000},
  };
  transport_.piece_bytes = AnswerBody::kMaxPieceBytes;
  for (const Case& c : cases) {
    transport_.requests.clear();
    transport_.pauses.clear();
    Answers({422});
    for (size_t i = 0; i < c.requests; ++i) {
      const std::string token = c.has_same_token ? "t" : absl::StrCat("t", i);
      Answers({200, Page(c.has_objects ? std::vector<std::string>{"a"} : std::vector<std::string>{}, "1", token)});
    }
    Answers({200, Page({"b"}, "2")});
    Run();
    EXPECT_EQ(counts_.failures, 1u) << c.name;
    EXPECT_EQ(Pauses(), (PauseList{kSecond})) << c.name;
    ASSERT_EQ(transport_.requests.size(), c.requests + 2) << c.name;
    EXPECT_EQ(transport_.requests.back(), kList) << c.name << ": the list begins again";
    EXPECT_EQ(store_.Names(), "b") << c.name;
  }
}

TEST_F(ListWatchTest, TakesLongListsAndSomeEmptyPages) {
  transport_.piece_bytes = AnswerBody::kMaxPieceBytes;
  Answers({422});
  for (int i = 0; i < 3999; ++i) {
    Answers({200, Page(i < 100 ? std::vector<std::string>{} : std::vector<std::string>{"a"}, "1", absl::StrCat(i))});
  }
  Answers({200, Page({"b"}, "1")});
  Run();
  EXPECT_EQ(counts_.failures, 0u);
  EXPECT_EQ(store_.Names(), "a b");
}

TEST_F(ListWatchTest, BacksOffWhenAWatchBringsBytesButNoObject) {
  transport_.piece_bytes = AnswerBody::kMaxPieceBytes;
  const size_t bytes = ObjectBody::kMaxBytes + 2 * AnswerBody::kMaxPieceBytes;
  const std::string name(10000, 'x');  // long lines make the test fast
  for (const std::string& line :
       {std::string(1, '\0'), std::string("\n"), std::string(" "), std::string(10000, ' ') + "\n",
        "{\"" + name + "\":1}\n", Event("PATCHED", name, "1")}) {
    for (const bool is_synced : {false, true}) {
      std::string body = is_synced ? EndOfInitialEvents("100") : "";
      while (body.size() < bytes) body += line;
      transport_.pauses.clear();
      Answers({200, body + "\n" + Event("ADDED", "a", "101")});
      Answers({200, EndOfInitialEvents("200")});
      Run();
      EXPECT_EQ(counts_.failures, 1u) << line.substr(0, 20);
      EXPECT_EQ(Pauses(), (PauseList{kSecond})) << line.substr(0, 20);
      EXPECT_EQ(store_.Names(), "") << line.substr(0, 20) << ": what comes later is not read";
    }
  }
}

TEST_F(ListWatchTest, BacksOffWhenAListBringsBytesButNoObject) {
  transport_.piece_bytes = AnswerBody::kMaxPieceBytes;
  const std::string blanks(ObjectBody::kMaxBytes + 2 * AnswerBody::kMaxPieceBytes, ' ');
  const std::string page = Page({"a"}, "1");
  for (const size_t position : {size_t{0}, page.size() - 2, page.size()}) {
    transport_.pauses.clear();
    Answers({422});
    Answers({200, std::string(page).insert(position, blanks)});
    Run();
    EXPECT_EQ(counts_.failures, 1u) << position;
    EXPECT_EQ(Pauses(), (PauseList{kSecond})) << position;
  }
}

TEST_F(ListWatchTest, TakesManyBytesWhenObjectsComeBetween) {
  transport_.piece_bytes = AnswerBody::kMaxPieceBytes;
  const std::string newlines(ObjectBody::kMaxBytes / 4 * 3, '\n');
  Answers({200, newlines + Event("ADDED", "a", "90") + newlines + EndOfInitialEvents("100") + newlines +
                    Bookmark("101") + newlines + Event("ADDED", "b", "102")});
  Run();
  EXPECT_EQ(counts_.failures, 0u);
  EXPECT_EQ(store_.Names(), "a b");
}

TEST_F(ListWatchTest, IsUpAgainAfterAFailure) {
  Answers({200, EndOfInitialEvents("100")});
  Answers({500});
  Run();
  EXPECT_FALSE(counts_.is_up);
  Answers({200, EndOfInitialEvents("100")});
  Answers({500});
  Answers({200, ""});
  Run();
  EXPECT_TRUE(counts_.is_up);
}

// What the log says: "-" for a failure, "+" for that the API answers again.
std::string LogOf(const std::string& log) {
  std::string marks;
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    if (absl::StrContains(line, "request to the Kubernetes API failed")) marks += '-';
    if (absl::StrContains(line, "the Kubernetes API answers again")) marks += '+';
  }
  return marks;
}

TEST_F(ListWatchTest, SaysThatTheServerAnswersAgainHoweverItDoes) {
  const Scripted all = {200, EndOfInitialEvents("100")};
  const Scripted broken = {200, "", std::nullopt, kMinute, absl::UnavailableError("reset")};
  const Scripted at_once = {200, "", std::nullopt, 0};
  struct Case {
    const char* name;
    std::vector<Scripted> answers;
    const char* log;
  };
  const Case cases[] = {
      {"nothing failed", {all, {200, Bookmark("101")}}, ""},
      {"the first read", {{500}, all}, "-+"},
      {"another read", {all, {410}, all}, "-+"},
      {"an event", {all, {500}, {200, Event("ADDED", "a", "101")}}, "-+"},
      {"a bookmark", {all, broken, {200, Bookmark("101")}}, "-+"},
      {"a silent watch", {all, {500}, {200, "", std::nullopt, 5 * kMinute, absl::DeadlineExceededError("")}}, "-+"},
      {"a watch without events", {all, {500}, {200, ""}}, "-+"},
      {"a watch that ends at once", {all, {500}, at_once}, "-"},
      {"a watch that breaks", {all, {500}, broken}, "--"},
      {"one after several failures", {{500}, {500}, all, {200, Bookmark("101")}}, "-+"},
      {"failures by turns", {all, {500}, {200, Bookmark("101")}, {500}, {200, Bookmark("102")}}, "-+-+"},
  };
  for (const Case& c : cases) {
    for (const Scripted& answer : c.answers) Answers(answer);
    testing::internal::CaptureStderr();
    Run();
    EXPECT_EQ(LogOf(testing::internal::GetCapturedStderr()), c.log) << c.name;
  }
}

TEST_F(ListWatchTest, SaysThatTheServerAnswersAgainNoMoreOftenThanThatItFails) {
  Answers({200, EndOfInitialEvents("100")});
  for (int i = 0; i < 50; ++i) Answers({200, Event("ADDED", "a", "101"), std::nullopt, 0});  // ends after one event
  testing::internal::CaptureStderr();
  Run();
  EXPECT_EQ(counts_.failures, 50u);
  EXPECT_EQ(LogOf(testing::internal::GetCapturedStderr()), "-+");
}

TEST_F(ListWatchTest, EndsWatchesAtRandomTimes) {
  options_.retry.random = [] { return 0.25; };
  Run();
  Answers({422});
  Run();
  EXPECT_NE(transport_.requests[0].find("timeoutSeconds=1500"), std::string::npos);
}

}  // namespace
}  // namespace tcpgauge
