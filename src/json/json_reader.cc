// SPDX-License-Identifier: Apache-2.0
#include "src/json/json_reader.h"

#include <istream>
#include <nlohmann/json.hpp>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

using Json = nlohmann::json;

// The body as the parser reads it. The parser collects the bytes of a token, and the white space before it, so the
// buffer ends the text when a token becomes too long. The parser also collects all that stands between two values that
// are numbers or texts, such as brackets and commas, so the buffer ends the text when that becomes too long.
class BodyBuffer final : public std::streambuf {
 public:
  BodyBuffer(AnswerBody* body, const JsonSource& source, const JsonBounds& bounds)
      : body_(*body), source_(source), bounds_(bounds) {}

  // The parser has read a token.
  void EndToken() { token_begin_ = Position(); }
  // The parser has read a number or a text, which is also a token.
  void EndNumberOrText() {
    EndToken();
    between_begin_ = token_begin_;
  }
  // Why the text ended before its end.
  const absl::Status& status() const { return status_; }

 protected:
  int_type underflow() override {
    if (!status_.ok()) return traits_type::eof();
    before_piece_ = Position();
    setg(nullptr, nullptr, nullptr);
    if (before_piece_ - token_begin_ > bounds_.token_bytes) {
      return Fail(" a token of", bounds_.token_bytes);
    }
    if (before_piece_ - between_begin_ > bounds_.bytes_between) {
      return Fail(" between two numbers or texts", bounds_.bytes_between);
    }
    absl::StatusOr<std::string> piece = body_.Next();
    if (!piece.ok()) {
      status_ = piece.status();
      return traits_type::eof();
    }
    if (piece->empty()) return traits_type::eof();
    if (before_piece_ + piece->size() > bounds_.bytes) {
      return Fail("", bounds_.bytes);
    }
    piece_ = *std::move(piece);
    setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
    return traits_type::to_int_type(piece_[0]);
  }

 private:
  size_t Position() const { return before_piece_ + static_cast<size_t>(gptr() - eback()); }

  int_type Fail(const char* part, size_t max_bytes) {
    status_ =
        absl::ResourceExhaustedError(absl::StrCat(source_.name, " has", part, " more than ", max_bytes, " bytes"));
    return traits_type::eof();
  }

  AnswerBody& body_;
  const JsonSource source_;
  const JsonBounds bounds_;
  absl::Status status_;
  std::string piece_;        // what the parser reads now
  size_t before_piece_ = 0;  // bytes of the text before the piece
  size_t token_begin_ = 0;
  size_t between_begin_ = 0;  // where the last number or text ended
};

// The parser calls these functions. The result false ends the parsing.
class Events {
 public:
  Events(BodyBuffer* buffer, const JsonSource& source, const JsonBounds& bounds, JsonVisitor* visitor)
      : buffer_(*buffer), source_(source), max_depth_(bounds.depth), visitor_(*visitor) {}

  const absl::Status& status() const { return status_; }

  bool null() { return Take(std::monostate()); }
  bool boolean(bool value) { return Take(value); }
  bool number_integer(int64_t value) { return TakeNumberOrText(static_cast<double>(value)); }
  bool number_unsigned(uint64_t value) { return TakeNumberOrText(value); }
  bool number_float(double value, const std::string& /*text*/) { return TakeNumberOrText(value); }
  bool string(const std::string& value) { return TakeNumberOrText(std::string_view(value)); }
  bool binary(const Json::binary_t& /*value*/) { return false; }  // JSON has none
  bool start_object(size_t /*size*/) { return Enter(/*is_object=*/true); }
  bool start_array(size_t /*size*/) { return Enter(/*is_object=*/false); }
  bool end_object() { return Leave(); }
  bool end_array() { return Leave(); }
  bool key(std::string& key) {
    buffer_.EndNumberOrText();
    if (skipped_ == 0) key_.swap(key);
    return true;
  }
  bool parse_error(size_t /*position*/, const std::string& /*token*/, const Json::exception& /*error*/) {
    return false;
  }

 private:
  bool TakeNumberOrText(const JsonScalar& value) {
    buffer_.EndNumberOrText();
    return Take(value);
  }

  bool Take(const JsonScalar& value) {
    buffer_.EndToken();
    if (skipped_ > 0) return true;
    status_ = visitor_.Take(key_, value);
    key_.clear();
    return status_.ok();
  }

  bool Enter(bool is_object) {
    buffer_.EndToken();
    if (entered_ + skipped_ == max_depth_) {
      status_ = absl::ResourceExhaustedError(absl::StrCat(source_.name, " has more than ", max_depth_, " levels"));
      return false;
    }
    if (skipped_ == 0) {
      const absl::StatusOr<bool> enters = visitor_.Enter(key_, is_object);
      key_.clear();
      status_ = enters.status();
      if (!status_.ok()) return false;
      if (*enters) {
        ++entered_;
        return true;
      }
    }
    ++skipped_;
    return true;
  }

  bool Leave() {
    buffer_.EndToken();
    if (skipped_ > 0) {
      --skipped_;
      return true;
    }
    --entered_;
    status_ = visitor_.Leave();
    return status_.ok();
  }

  BodyBuffer& buffer_;
  const JsonSource source_;
  const size_t max_depth_;
  JsonVisitor& visitor_;
  absl::Status status_;  // the visitor's, or that the text is too deep
  std::string key_;      // of the next value
  size_t entered_ = 0;   // open objects and arrays that the visitor entered
  size_t skipped_ = 0;   // open objects and arrays that it did not, and those in them
};

}  // namespace

absl::Status ReadJson(AnswerBody* body, const JsonSource& source, const JsonBounds& bounds, JsonVisitor* visitor) {
  BodyBuffer buffer(body, source, bounds);
  Events events(&buffer, source, bounds, visitor);
  std::istream stream(&buffer);
  const bool is_json = Json::sax_parse(stream, &events);
  if (!buffer.status().ok()) return buffer.status();
  if (!events.status().ok()) return events.status();
  if (!is_json) return absl::InvalidArgumentError(source.not_json);
  return absl::OkStatus();
}

}  // namespace tcpgauge
