// SPDX-License-Identifier: Apache-2.0
#include "src/json/json_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/json/text_body.h"

namespace tcpgauge {
namespace {

constexpr JsonSource kSource = {"the agent's answer", "the answer is not that of a tcpgauge agent"};
constexpr JsonBounds kBounds = {200000, 40000, 8, 160000};

// Writes what it is told as text. Skips what has the key "skip", and stops at the key "stop".
class Scribe final : public JsonVisitor {
 public:
  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override {
    if (key == "stop") return absl::AbortedError("stopped");
    if (key == "skip") return false;
    absl::StrAppend(&text, std::string(key), is_object ? "{" : "[");
    return true;
  }
  absl::Status Leave() override {
    text += "/";
    return absl::OkStatus();
  }
  absl::Status Take(std::string_view key, const JsonScalar& value) override {
    if (key == "stop") return absl::AbortedError("stopped");
    absl::StrAppend(&text, std::string(key), "=");
    if (std::holds_alternative<std::monostate>(value)) text += "null";
    if (const auto* truth = std::get_if<bool>(&value)) text += *truth ? "true" : "false";
    if (const auto* count = std::get_if<uint64_t>(&value)) absl::StrAppend(&text, *count, "u");
    if (const auto* number = std::get_if<double>(&value)) absl::StrAppend(&text, *number, "d");
    if (const auto* words = std::get_if<std::string_view>(&value))
      absl::StrAppend(&text, "'", std::string(*words), "'");
    text += " ";
    return absl::OkStatus();
  }

  std::string text;
};

std::string Read(const std::string& json, size_t piece_bytes = SIZE_MAX) {
  TextBody body(json, piece_bytes);
  Scribe scribe;
  const absl::Status status = ReadJson(&body, kSource, kBounds, &scribe);
  return status.ok() ? scribe.text : status.ToString();
}

absl::StatusCode CodeOf(const std::string& json, size_t piece_bytes = SIZE_MAX) {
  TextBody body(json, piece_bytes);
  Scribe scribe;
  return ReadJson(&body, kSource, kBounds, &scribe).code();
}

std::string Repeated(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(JsonReader, PassesValuesInTheirOrder) {
  const std::string json = R"( {"a": [1, -2, 0.5, "x\u001b\ud83d\ude00"], "b": {"c": null, "c": true}, "d": false} )";
  const std::string want = "{a[=1u =-2d =0.5d ='x\x1b\xf0\x9f\x98\x80' /b{c=null c=true /d=false /";
  EXPECT_EQ(Read(json), want);
  for (size_t piece_bytes = 1; piece_bytes < json.size(); ++piece_bytes) EXPECT_EQ(Read(json, piece_bytes), want);
}

TEST(JsonReader, SkipsWhatTheVisitorDoesNotEnter) {
  EXPECT_EQ(Read(R"({"skip":{"a":[1,{"stop":[]}],"b":2},"c":[[],{"skip":[[[1]]],"d":1}]})"), "{c[[/{d=1u ///");
}

TEST(JsonReader, TakesNumbersOfAnySize) {
  EXPECT_EQ(Read("[18446744073709551615,18446744073709551616,-9223372036854775809,1e308,-0]"),
            "[=18446744073709551615u =1.84467e+19d =-9.22337e+18d =1e+308d =0d /");
  EXPECT_EQ(CodeOf("[1e309]"), absl::StatusCode::kInvalidArgument) << "not finite";
  EXPECT_EQ(Read("[" + std::string(30000, '9') + "e-29999]"), "[=10d /");
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  for (const std::string json : {"", " ", "{", "[1", "[1,]", "[NaN]", "[Infinity]", "[01]", "[\"\x1b\"]", "[\"\xff\"]",
                                 "[\"\\ud800\"]", "[] []", "{1:2}", "'a'", "[\"a]", "tru", "\xef\xbb", "[\xc0\x80]"}) {
    EXPECT_EQ(CodeOf(json), absl::StatusCode::kInvalidArgument) << json;
  }
  EXPECT_EQ(CodeOf(std::string("[\"\0\"]", 5)), absl::StatusCode::kInvalidArgument);
}

TEST(JsonReader, RefusesTooManyLevelsEnteredOrSkipped) {
  for (const char* prefix : {"", "{\"skip\":"}) {
    const size_t levels = kBounds.depth - (*prefix == '\0' ? 0 : 1);
    const std::string end = *prefix == '\0' ? "" : "}";
    EXPECT_EQ(CodeOf(prefix + Repeated("[", levels) + Repeated("]", levels) + end), absl::StatusCode::kOk);
    EXPECT_EQ(CodeOf(prefix + Repeated("[", levels + 1)), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(CodeOf(prefix + Repeated("[", 100000)), absl::StatusCode::kResourceExhausted);
  }
  EXPECT_EQ(CodeOf(Repeated("{\"a\":", 100000)), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf("[" + Repeated("[[[]]],", 20000) + "1]"), absl::StatusCode::kOk) << "open at a time, not in all";
}

TEST(JsonReader, RefusesTooManyBytes) {
  EXPECT_EQ(CodeOf("[" + Repeated("1,", 99000) + "1]"), absl::StatusCode::kOk);
  EXPECT_EQ(CodeOf("[" + Repeated("1,", 100000) + "1]"), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf("[]" + std::string(200000, '\n')), absl::StatusCode::kResourceExhausted);
}

TEST(JsonReader, RefusesTokensThatAreTooLong) {
  for (const char* prefix : {"", "{\"skip\":"}) {
    EXPECT_EQ(CodeOf(std::string("[\"") + std::string(39000, 'x') + "\"]"), absl::StatusCode::kOk);
    for (const std::string& token :
         {std::string(70000, 'x'), Repeated("\\u0000", 20000), Repeated("\xc3\xa9", 35000)}) {
      EXPECT_EQ(CodeOf(prefix + ("[\"" + token)), absl::StatusCode::kResourceExhausted);
    }
    EXPECT_EQ(CodeOf(prefix + ("[" + std::string(70000, '1'))), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(CodeOf(prefix + ("[" + std::string(70000, ' '))), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(CodeOf(prefix + ("{\"" + std::string(70000, 'k'))), absl::StatusCode::kResourceExhausted);
  }
}

// The parser keeps them all until the next number or text.
TEST(JsonReader, RefusesTooManyBracketsAndWordsInARow) {
  for (const std::string item : {"[],", "{},", "[[]],", "true,", "null,", " \n[] ,"}) {
    const size_t times = kBounds.bytes_between / item.size();
    EXPECT_EQ(CodeOf("[" + Repeated(item, times - 10) + "1]"), absl::StatusCode::kOk) << item;
    // The reader checks the bound at the end of each piece.
    EXPECT_EQ(CodeOf("[" + Repeated(item, times + 100) + "1]", 64), absl::StatusCode::kResourceExhausted) << item;
    EXPECT_EQ(CodeOf("{\"skip\":[" + Repeated(item, times + 100) + "1]}", 64), absl::StatusCode::kResourceExhausted);
    for (const char* value : {"1,", "-1,", "0.5,", "\"a\",", "{\"a\":[]},"}) {
      const std::string half = Repeated(item, times / 10 * 6);
      EXPECT_EQ(CodeOf("[" + half + value + half + "1]"), absl::StatusCode::kOk) << item << value;
    }
  }
}

TEST(JsonReader, EndsWithTheErrorOfTheVisitorAndReadsNoFurther) {
  for (const char* json : {"{\"a\":1,\"stop\":1,", "{\"a\":1,\"stop\":[", "{\"a\":1,\"stop\":{"}) {
    TextBody body(json + std::string(100000, ' '), 10);
    Scribe scribe;
    EXPECT_TRUE(absl::IsAborted(ReadJson(&body, kSource, kBounds, &scribe)));
    EXPECT_LT(body.taken(), 40u);
  }
}

TEST(JsonReader, EndsWithTheErrorOfTheBody) {
  TextBody body("{\"a\":[1,2", 3, absl::UnavailableError("gone"));
  Scribe scribe;
  EXPECT_TRUE(absl::IsUnavailable(ReadJson(&body, kSource, kBounds, &scribe)));
  EXPECT_TRUE(absl::StrContains(scribe.text, "=1u"));
}

TEST(JsonReader, ErrorsContainNoPartOfTheAnswer) {
  for (const std::string json : {"[\x1b]", "{\"\x1b[31m", "[1,\"secret\" \"secret\"]"}) {
    TextBody body(json);
    Scribe scribe;
    EXPECT_EQ(ReadJson(&body, kSource, kBounds, &scribe).message(), "the answer is not that of a tcpgauge agent");
  }
}

}  // namespace
}  // namespace tcpgauge
